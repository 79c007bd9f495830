"""The page of the editor, put together from a draft."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.portal.console.editor.changes import FIELDS, FUZZINESS
from services.portal.console.editor.draft import profile_of, written
from services.portal.console.editor.look import Live, Proposals, pattern_of, symbol_of
from services.portal.console.places import FIND, OPEN, places_open
from services.portal.desk.refusals import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from services.portal.console.editor.changes import Change
    from services.portal.console.editor.draft import Draft
    from services.portal.console.editor.look import Looks
    from services.portal.console.visit import Visit
    from services.portal.desk.profiles import OwnProfile
    from shared.advice import IpcPlace

KINDS = {
    "A": Text("发明公布", "Applications for inventions"),
    "B": Text("发明授权", "Granted inventions"),
    "U": Text("实用新型", "Utility models"),
    "S": Text("外观设计", "Designs"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the editor shows.

    Attributes:
        own: the profile in force, ``None`` of a new one.
        is_fresh: the form goes on from what is in force now, whatever it began with.
        notice: what must be known first.
        theirs: what somebody else changed meanwhile.
    """

    draft: "Draft"
    own: "OwnProfile | None" = None
    status: int = 200
    is_fresh: bool = False
    notice: Text | None = None
    theirs: "Sequence[Change]" = ()


@dataclass(frozen=True, slots=True)
class _Picker:
    """The list of classes that is open at one rule."""

    rule: str
    places: "tuple[IpcPlace, ...]"
    open_at: str | None


async def editor_page(visit: "Visit", looks: "Looks", shown: Shown) -> "web.Response":
    """Return the whole page; htmx takes the form out of it."""
    draft, own, button = shown.draft, shown.own, visit.field("do")
    is_fresh = shown.is_fresh or visit.request.method == "GET"
    why = None
    if button == "why" and visit.field("why") and (profile := profile_of(draft)):
        why = await looks.why_not(profile, visit.field("why"))
    return visit.page(
        "profiles_editor.html",
        status=shown.status,
        faults=draft.faults if button == "save" else {place: text for place, text in draft.faults.items() if place},
        own=own,
        revision=(own.revision if own else 0) if is_fresh else visit.number("revision"),
        version=(own.card.version if own else 0) if is_fresh else visit.number("version"),
        why=why,
        why_number=visit.field("why"),
        notice=shown.notice,
        theirs=shown.theirs,
        fields=FIELDS,
        fuzziness_options=[(value.value, visit.say(words)) for value, words in FUZZINESS.items()],
        **await rule_values(visit, looks, draft),
    )


async def rule_values(visit: "Visit", looks: "Looks", draft: "Draft") -> "dict[str, Any]":
    """Return what ``parts/editor.html`` and ``parts/live_examples.html`` show of a draft's rules, for every form that has them.

    A page that is opened does not wait for what the past says of it, which takes a few hundred milliseconds: it asks for that when
    it is there (``comes_later``), and without scripts by a button.
    """
    button = visit.field("do")
    comes_later = visit.request.method == "GET" and profile_of(draft) is not None
    if comes_later:
        live, proposals = Live(), Proposals(titles=await looks.titles(draft.patterns))
    else:
        live, proposals = await asyncio.gather(looks.live(draft), looks.proposals(draft))
    return {
        "draft": draft,
        "live": live,
        "comes_later": comes_later,
        "proposals": proposals,
        "picked": await _open_picker(button, visit, looks),
        "places": places_open(button, draft.typed),
        "pattern_of": pattern_of,
        "focus": focus_of(button, visit),
        "kinds": KINDS,
        "written": written,
    }


def focus_of(button: str, visit: "Visit") -> str:
    """Return the id of the input that somebody goes on at after pressing a button, ``""``: none."""
    what, _, rest = button.partition(":")
    place = rest.partition(":")[0]
    if what == "add":
        typed = (name for name, value in visit.form.items() if name.startswith("add:") and value.strip())
        place = next(typed, "").partition(":")[2]
    if what in {"add", "drop", "take"} and place:
        return f"add-{place.replace('.', '-')}"
    if what in {FIND, OPEN}:
        return f"add-{place}-regions"
    return {"why": "why", "find": f"find-{place}", "open": f"find-{place}"}.get(what, "")


async def _open_picker(button: str, visit: "Visit", looks: "Looks") -> "_Picker | None":
    """Return the list of classes that a button opens, ``None`` where it is another button."""
    what, _, rest = button.partition(":")
    rule, _, symbol = rest.partition(":")
    if what == "find":
        return _Picker(rule, await looks.places(visit.field(f"find:{rule}")), None)
    if what == "open":
        return _Picker(rule, await looks.below(symbol_of(symbol)), symbol)
    return None
