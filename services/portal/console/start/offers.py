"""What the guide proposes for a first profile: words, classes and companies to tick, from four ways to begin. Pure but for advice."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.portal.console.editor.look import pattern_of
from services.portal.desk.refusals import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.advice import Advice, Holder

WORDS, APPLICANTS, IPC = "0.groups.0", "0.applicants", "0.ipc"
"""Places of the draft, see `services.portal.console.editor.draft`."""

MOST_WORDS, MOST_CLASSES, TICKED_WORDS = 12, 6, 6
_NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to tick.

    Attributes:
        note: shown small behind it: how many publications, what a class is about.
    """

    text: str
    note: str = ""
    ticked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What is proposed.

    Attributes:
        name: for the profile.
        at: by place of the draft.
        why: what was not found, and what to do instead.
    """

    name: str = ""
    at: "dict[str, tuple[Offer, ...]]" = field(default_factory=dict)
    why: Text | None = None


_NO_WORDS = Text("没有认出关键词。请在下面直接写几个。", "No keywords were recognised. Write some yourself below.")
_NOT_SEEN = Text(
    "近一年没有收到这家单位的公开。请在下面直接写几个关键词。",
    "Nothing of this company came in within a year. Write some keywords yourself below.",
)


async def from_description(advice: "Advice", text: str) -> Offers:
    """Propose the keywords of a description in plain words."""
    found = await advice.describe(text, limit=MOST_WORDS)
    offers = tuple(Offer(one.text, str(one.count), n < TICKED_WORDS) for n, one in enumerate(found))
    return Offers(name=_name(one.text for one in found), at={WORDS: offers}, why=None if offers else _NO_WORDS)


def from_own(holder: "Holder") -> Offers:
    """Propose what a company's own publications are about."""
    words = tuple(Offer(one.text, str(one.count), n < TICKED_WORDS) for n, one in enumerate(holder.terms[:MOST_WORDS]))
    classes = tuple(Offer(pattern_of(place.symbol), place.title) for place, _ in holder.ipc[:MOST_CLASSES])
    why = None if words or classes else _NOT_SEEN
    return Offers(name=_name(one.text for one in words), at={WORDS: words, IPC: classes}, why=why)


def from_competitors(names: "Sequence[str]", holder: "Holder") -> Offers:
    """Propose to watch companies, in the classes where the own one works."""
    watched = tuple(Offer(name, "", ticked=True) for name in names)
    classes = tuple(Offer(pattern_of(place.symbol), place.title) for place, _ in holder.ipc[:MOST_CLASSES])
    return Offers(name=_name(names), at={APPLICANTS: watched, IPC: classes})


def _name(parts: "Iterable[str]") -> str:
    name = ""
    for part in parts:
        longer = f"{name}、{part}" if name else part
        if len(longer) > _NAME_CHARACTERS or longer.count("、") > 2:  # noqa: PLR2004 - three words name a thing
            break
        name = longer
    return name


def written_offers(
    pairs: "Iterable[tuple[str, str]]", ticked: "dict[str, list[str]]"
) -> "dict[str, tuple[Offer, ...]]":
    """Return the offers as a form brought them back (``offer:PLACE`` = text, bar, note), ticked as its boxes are."""
    found: dict[str, list[Offer]] = {}
    for name, value in pairs:
        kind, _, place = name.partition(":")
        if kind == "offer" and place in {WORDS, APPLICANTS, IPC}:
            text, _, note = value.partition("|")
            found.setdefault(place, []).append(Offer(text, note, text in ticked.get(place, ())))
    for place, texts in ticked.items():
        known = {offer.text for offer in found.get(place, ())}
        found.setdefault(place, []).extend(Offer(text, "", ticked=True) for text in texts if text not in known)
    return {place: tuple(offers) for place, offers in found.items()}
