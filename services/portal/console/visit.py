"""One request to the console: who asks, in which language, and the ways to answer."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web
from multidict import MultiDict

from services.portal.console.digits import number_in
from services.portal.console.flashes import COOKIE, KEEP_SECONDS, Flash, Tone
from services.portal.desk.refusals import NotSignedInError, Text

if TYPE_CHECKING:
    from services.portal.console.frame import Frame
    from services.portal.desk.actor import Actor
    from services.portal.desk.visitor import Visitor

LANGUAGE_COOKIE = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request, and how it is answered.

    Attributes:
        guest: who asks, ``None``: nobody is signed in.
        language: ``zh`` or ``en``: of the footer's switch, else the account's.
        flash: what the request before left to be said.
        form: what a POST brought; empty for a GET.
    """

    frame: "Frame"
    request: web.Request
    guest: "Actor | None"
    language: str
    flash: Flash | None
    form: MultiDict[str]

    @property
    def actor(self) -> "Actor":
        """Who is signed in.

        Raises:
            NotSignedInError: nobody.
        """
        if self.guest is None:
            raise NotSignedInError
        return self.guest

    def need_actor(self) -> None:
        """Refuse who is not signed in.

        Raises:
            NotSignedInError: nobody is.
        """
        if self.guest is None:
            raise NotSignedInError

    @property
    def visitor(self) -> "Visitor":
        """Where the request comes from, in the language that the pages are in."""
        return replace(self.frame.gate.visitor(self.request), language=self.language)

    @property
    def is_live(self) -> bool:
        """Whether htmx asks, for a part of a page."""
        return "HX-Request" in self.request.headers

    @property
    def root(self) -> str:
        """From the page's address to the console's: a proxy may put a path before it."""
        return "../" * (self.request.path.count("/") - 1) or "./"

    def field(self, name: str) -> str:
        """Return what one field of the form holds, without blanks around it; ``""``: it is not there."""
        return self.form.get(name, "").strip()

    def number(self, name: str) -> int:
        """Return what a hidden field of the form counts; 0 where only a forged form says something else."""
        return number_in(self.field(name)) or 0

    def say(self, text: Text | str) -> str:
        """Return a sentence in the visitor's language."""
        return text.in_language(self.language) if isinstance(text, Text) else text

    def page(self, template: str, *, status: int = 200, **values: object) -> web.Response:
        """Return a whole page."""
        response = self.frame.page(self, template, status=status, **values)
        if self.flash:
            response.del_cookie(COOKIE, path="/")
        return response

    def part(self, template: str, *, status: int = 200, **values: object) -> web.Response:
        """Return a part of a page, for htmx to put in its place."""
        return self.frame.page(self, template, status=status, **values)

    def sent_to(self, where: str) -> web.Response:
        """Send on to an address as a browser understands it at this page, or htmx in its stead."""
        if self.is_live:
            return web.Response(status=204, headers={"HX-Redirect": where})
        return web.Response(status=303, headers={"Location": where})

    def go(self, path: str, done: Text | str | None = None, tone: Tone = Tone.GOOD) -> web.Response:
        """Send on to another page of the console (``/profiles``), which says what was done."""
        response = self.sent_to(self.root + path.removeprefix("/"))
        if done is not None:
            value = self.frame.flashes.written(Flash(tone, self.say(done)))
            response.set_cookie(
                COOKIE,
                value,
                max_age=KEEP_SECONDS,
                path="/",
                httponly=True,
                samesite="Lax",
                secure=self.frame.is_secure,
            )
        return response


def local_path(text: str) -> str:
    """Return an address if it is one of this console's own pages, else ``/``: nobody is sent elsewhere."""
    is_local = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if is_local else "/"
