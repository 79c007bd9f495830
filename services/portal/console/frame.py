"""The frame around every page of the console: who visits, in which language, and how a page or a refusal goes out.

A room (`services/portal/console/<room>.py`) is a function from a `Frame` to routes; its handlers take a `Visit` and know
neither cookies nor templates' surroundings.
"""

from contextlib import suppress
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from multidict import MultiDict

from services.portal.console.assets import assets
from services.portal.console.charts import HEIGHT, WIDTH, bars
from services.portal.console.event_words import event_text
from services.portal.console.evidence import SNIPPET_CHARACTERS, hit_terms, marked
from services.portal.console.flashes import COOKIE, Flashes
from services.portal.console.packing import packed
from services.portal.console.translations import ENGLISH, LANGUAGES, translations
from services.portal.console.visit import LANGUAGE_COOKIE, Visit
from services.portal.console.warming import Codes, compile_all
from services.portal.desk.refusals import NotSignedInError, RefusalError, Text, TooManyError
from services.portal.pages import HTML, local_time
from shared.divisions import called
from shared.errors import RetryLaterError
from shared.runtime.openapi import describe
from shared.wording.advice import page_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from gettext import NullTranslations

    from services.portal.access.gate import AccessGate
    from services.portal.desk.desk import Desk
    from shared.runtime.role import Surroundings

    Handler = Callable[[Visit], Awaitable[web.StreamResponse]]

_BUSY_SECONDS = 30
_BUSY = Text("系统这会儿忙不过来，请过几分钟再试。", "The system is busy just now; try again in a few minutes.")
_TOO_LARGE = Text(
    "提交的内容太多（最多 1 MB），没有保存。请返回上一页删减后再试。",
    "That is too much (1 MB at most), and nothing was saved. Go back, make it shorter, and send it again.",
)
_OVER = Text("登录已过期，请重新登录。", "You have been signed out; sign in again.")


class Frame:
    """Makes pages for visits.

    Args:
        around: the process's.
        desk: what can be done.
        gate: lets people in.
    """

    def __init__(self, around: "Surroundings", desk: "Desk", gate: "AccessGate") -> None:
        self.around = around
        self.desk = desk
        self.gate = gate
        self.flashes = Flashes(around.secrets)
        self._pages: set[str] = set()
        self.is_secure = (around.settings.public_url or "").startswith("https://")

    def warm(self) -> None:
        """Make all pages ready, in a thread of its own, before the first of each kind is asked for."""
        for language in LANGUAGES:
            compile_all(_environment(language))

    def get(self, path: str, handler: "Handler") -> web.RouteDef:
        """Return the route of a page."""
        self._pages.add(path)
        return web.get(path, self._answers(handler))

    def has(self, path: str) -> bool:
        """Whether there is such a page: the navigation leads nowhere else."""
        return path in self._pages

    def post(self, path: str, handler: "Handler") -> web.RouteDef:
        """Return the route of what a form does; the form is one of ours, or the handler is not asked."""
        return web.post(path, self._answers(handler))

    def page(self, visit: Visit, template: str, *, status: int, **values: object) -> web.Response:
        """Return a rendered template."""
        html = (
            _environment(visit.language)
            .get_template(template)
            .render(
                visit=visit,
                actor=visit.guest,
                root=visit.root,
                lang=LANGUAGES[visit.language],
                csrf=self.gate.form_token(visit.request),
                here=visit.request.path,
                zone=self.around.settings.zone,
                **values,
            )
        )
        # The forms' tokens are masked anew each time: compression tells nothing of them.
        body, coding = packed(html.encode(), visit.request.headers.get("Accept-Encoding", ""))
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, HX-Request", **coding}
        return web.Response(body=body, status=status, content_type="text/html", charset="utf-8", headers=headers)

    def _answers(self, handler: "Handler") -> "Callable[[web.Request], Awaitable[web.StreamResponse]]":
        @describe(responses={"200": {"description": "The page.", **HTML}}, tags=["console"])
        async def answer(request: web.Request) -> web.StreamResponse:
            form = await _form(request)
            visit = await self._visit(request, form or MultiDict())
            response = await self._answer(visit, handler) if form is not None else _told(visit, _TOO_LARGE, 413)
            self.gate.leave(request, response)
            return response

        answer.__doc__ = handler.__doc__
        answer.__name__ = handler.__name__
        return answer

    async def _answer(self, visit: Visit, handler: "Handler") -> web.StreamResponse:
        try:
            if visit.request.method == "POST":
                token = visit.field("csrf") or visit.request.headers.get("X-CSRF-Token", "")
                self.gate.check_form(visit.request, token)
            return await handler(visit)
        except NotSignedInError as error:
            return _to_sign_in(visit) if visit.guest is None else _refused(visit, error)
        except RefusalError as error:
            return _refused(visit, error)
        except RetryLaterError as error:
            return _after(error.after_seconds, _told(visit, _BUSY, 503))

    async def _visit(self, request: web.Request, form: MultiDict[str]) -> Visit:
        guest = await self.gate.actor_of(request)
        chosen = request.cookies.get(LANGUAGE_COOKIE) or (guest.language if guest else "")
        return Visit(
            frame=self,
            request=request,
            guest=guest,
            language=chosen if chosen in LANGUAGES else "zh",
            flash=self.flashes.read(request.cookies.get(COOKIE)),
            form=form,
        )


_ABOVE = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML show:window:top", "HX-Reselect": ".notice"}
"""Tells htmx to show an answer at the top of the page."""


async def _form(request: web.Request) -> MultiDict[str] | None:
    """Return what a form brought; what cannot be read as one brings nothing, not even its token. ``None``: it is too large."""
    form: MultiDict[str] = MultiDict()
    if request.method == "POST" and request.content_type == _FORM:
        with suppress(ValueError, LookupError):  # bytes that are no letters, a charset that nobody knows
            try:
                form.extend((name, value) for name, value in (await request.post()).items() if isinstance(value, str))
            except web.HTTPRequestEntityTooLarge:
                return None
    return form


_FORM = "application/x-www-form-urlencoded"


def _to_sign_in(visit: Visit) -> web.Response:
    if visit.request.method != "GET":
        return visit.go("/sign-in", _OVER)
    return visit.go(f"/sign-in?next={quote(visit.request.path_qs, safe='')}" if not visit.is_live else "/sign-in")


def _told(visit: Visit, text: Text, status: int) -> web.Response:
    if not visit.is_live:
        return visit.page("refused.html", status=status, text=text)
    response = visit.part("parts/refused.html", status=status, text=text)
    response.headers.update(_ABOVE)  # not where the answer was to stand: what is written there must not be lost
    return response


def _refused(visit: Visit, error: RefusalError) -> web.Response:
    response = _told(visit, error.text, error.status)
    return _after(error.after_seconds, response) if isinstance(error, TooManyError) else response


def _after(seconds: float | None, response: web.Response) -> web.Response:
    response.headers["Retry-After"] = str(max(1, round(seconds or _BUSY_SECONDS)))
    return response


_SENTENCES = 4_096
"""More than all pages have."""


def _saying(translate: "Callable[[str], str]") -> "Callable[..., Markup]":
    """Return what templates call ``_``: as Jinja's own, but a sentence without variables is made once and not for each row."""

    @lru_cache(maxsize=_SENTENCES)
    def plain(sentence: str) -> Markup:
        return Markup(translate(sentence)) % {}  # noqa: S704 - sentences of ours; variables are escaped

    def say(sentence: str, **variables: object) -> Markup:
        return Markup(translate(sentence)) % variables if variables else plain(sentence)  # noqa: S704 - as above

    return say


def _counting(english: "NullTranslations") -> "Callable[..., Markup]":
    """Return what templates call ``n_``: as ``_``, of so many (``count``); the language has a text for one and a text for several."""

    def say(sentence: str, count: int, **variables: object) -> Markup:
        text = english.ngettext(sentence, sentence, count)
        return Markup(text) % {"count": f"{count:,}", **variables}  # noqa: S704 - sentences of ours; variables are escaped

    return say


_CODES = Codes()


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("services.portal", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_CODES,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "number": lambda value: f"{value:,}",
        "local": local_time,
        "say": lambda text: text.in_language(language) if isinstance(text, Text) else text,
        "advice": lambda told: page_text(told, language),
        "region": lambda code: called(code, language),
        "listed": (", " if language == ENGLISH else "、").join,
        "terms": lambda evidence: hit_terms(evidence, language),
    }
    environment.globals |= {
        "_": _saying(translations(language).gettext),
        "n_": _counting(translations(language)),
        "comma": ", " if language == ENGLISH else "、",
        "colon": ": " if language == ENGLISH else "：",
        "event_text": event_text,
        "asset": lambda name: f"assets/{assets()[name].name}",
        "bars": bars,
        "chart_size": (WIDTH, HEIGHT),
        "marked": marked,
        "snippet_characters": SNIPPET_CHARACTERS,
        "is_english": language == ENGLISH,
    }
    return environment
