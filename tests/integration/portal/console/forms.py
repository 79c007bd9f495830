"""A browser without a screen: it reads a page's forms and sends them filled in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from lxml import html

from shared.filing.accounts import Account
from tests.integration.portal.console.site import HERE, Site

if TYPE_CHECKING:
    from lxml.html import FormElement, HtmlElement


class Reader:
    """Opens pages and sends their forms.

    Attributes:
        page: the last one.
        status: HTTP's, of the last answer.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.page: HtmlElement = html.fromstring("<p></p>")
        self.status = 0
        self.url = ""
        self.body = b""

    @property
    def text(self) -> str:
        """What the page says."""
        return " ".join(self.page.text_content().split())

    async def open(self, path: str) -> "Reader":
        """Open a page."""
        async with self.session.get(path) as response:
            await self._read(response)
        return self

    async def send(self, action: str, *, do: str | None = None, **fields: str | list[str]) -> "Reader":
        """Fill in the first form that posts to an address with this end, and send it.

        Args:
            action: end of the form's address, without what follows a question mark.
            do: value of the button that is pressed.
            fields: by name; what is not named stays as the page has it.
        """
        form = self._form(action)
        data = [(name, value) for name, value in form.form_values() if name not in fields]
        for name, values in fields.items():
            data += [(name, value) for value in ([values] if isinstance(values, str) else values)]
        if do is not None:
            data.append(("do", do))
        async with self.session.post(self._address(form), data=data) as response:
            await self._read(response)
        return self

    def _form(self, action: str) -> "FormElement":
        for form in self.page.forms:
            if form.method == "POST" and self._address(form).partition("?")[0].endswith(action):
                return form
        raise AssertionError(f"no form {action} on {self.url}: {[self._address(form) for form in self.page.forms]}")

    def _address(self, form: "FormElement") -> str:
        return form.action or self.url

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        self.status, self.url, self.body = response.status, str(response.url), await response.read()
        if response.content_type == "text/html":
            self.page = html.fromstring(self.body.decode(), base_url=self.url)
            self.page.make_links_absolute(self.url)


@asynccontextmanager
async def reading(site: Site, account: Account | None = None) -> AsyncIterator[Reader]:
    """Give a browser; of somebody who is signed in, if an account is given."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(site.address, cookie_jar=jar) as session:
        if account:
            jar.update_cookies({"session": (await site.desk.sessions.open(account, HERE, by="password")).token})
        yield Reader(session)
