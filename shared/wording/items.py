"""What every message says of an alert, before it takes a channel's form. All texts are plain and of bounded length."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.wire.identity import is_document
from shared.wire.match import HitKind
from shared.wording.happenings import mark_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.store.records import Alert, Why
    from shared.wire.match import Evidence
    from shared.wire.publication import Publication

MAX_TITLE = 200
MAX_NAME = 60
MAX_HAPPENED = 240
MAX_WHYS = 3
MAX_HITS = 6

KIND_NAMES = {
    "A": "发明公开",
    "B": "发明授权",
    "C": "发明授权",
    "U": "实用新型",
    "Y": "实用新型",
    "S": "外观设计",
    "D": "外观设计",
}
FIELD_NAMES = {"title": "标题", "abstract": "摘要", "claim": "权利要求", "ipc": "分类号", "applicants": "申请人"}
HIT_NAMES = {HitKind.SYNONYM: "同义词", HitKind.FUZZY: "近似"}
BARE_HITS = {HitKind.IPC: "分类号", HitKind.APPLICANT: "申请人", HitKind.REGION: "地区"}
"""Hits whose kind already says where they are."""

_ROOM, _ROOM_OF_A_HIT = 60, 24
"""More characters than stand around a name or a number, and around a term."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a title; ``hit``: it is why the publication is told."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A publication as people read it.

    Attributes:
        facts: kind, date, main class.
        applicants: names, the first three, ``""`` when unknown.
        happened: what happened to it, with its day; ``""`` when it was published. The title begins with what kind of thing that is.
        whys: one sentence a profile that found it.
        told_for: which subscriptions tell it, in a message of several; ``""`` elsewhere.
    """

    number: str
    title: tuple[Segment, ...]
    happened: str
    facts: tuple[str, ...]
    applicants: str
    whys: tuple[str, ...]
    told_for: str = ""

    @property
    def plain_title(self) -> str:
        """The title as one text."""
        return "".join(part.text for part in self.title)


def view(alert: "Alert", told_for: str = "") -> Item:
    """Return what is said of an alert; ``told_for`` as in `Item`."""
    publication = alert.publication
    return Item(
        number=one_line(publication.publication_number),
        title=_title(alert),
        happened=_happened(publication),
        facts=_facts(publication),
        applicants=_applicants(publication),
        whys=whys_in_words(alert.whys),
        told_for=told_for,
    )


def whys_in_words(whys: "Sequence[Why]") -> tuple[str, ...]:
    """Return a sentence a profile for the first `MAX_WHYS`, and one that counts the rest."""
    said = [_why(why) for why in whys[:MAX_WHYS]]
    if len(whys) > MAX_WHYS:
        said.append(f"另有 {len(whys) - MAX_WHYS} 个订阅画像也命中")
    return tuple(said)


def what_is_told(alerts: "Iterable[Alert]") -> str:
    """Return what a message calls what it tells."""
    return "新公开专利" if all(is_document(alert.publication) for alert in alerts) else "专利动态"


def largest(alert: "Alert") -> tuple[int, int, int]:
    """Return upper bounds of what `view` says, at a twentieth of its cost: characters, hits in the title, sentences of reasons."""
    publication = alert.publication
    characters = _ROOM + min(len(publication.title), MAX_TITLE)
    if not is_document(publication):
        characters += _ROOM + min(len(publication.event_detail or ""), MAX_HAPPENED)
    characters += sum(min(len(applicant.name), MAX_NAME) for applicant in publication.applicants[:3])
    hits = 0
    for place, why in enumerate(alert.whys):
        shown = place < MAX_WHYS
        if shown:
            characters += _ROOM + min(len(why.profile_name or why.profile_id), MAX_NAME)
        for one in why.evidence:
            hits += one.field == "title"
            if shown:
                characters += _ROOM_OF_A_HIT + min(len(one.term), MAX_NAME) + len(one.field)
    return characters, hits, min(len(alert.whys), MAX_WHYS + 1)


def highlight(title: str, hits: "Iterable[tuple[int, int]]", *, most: int = MAX_TITLE) -> tuple[Segment, ...]:
    """Cut a title, or another text, at its hits.

    Args:
        title: as given.
        hits: (start, end) in characters of the title as given, in any order; they may overlap or lie outside.
        most: at most so many characters of it are shown.

    Returns:
        Segments that together are the title on one line.
    """
    shown = shorten(title, most)
    marked = bytearray(len(shown))
    for start, end in hits:
        for place in range(max(start, 0), min(end, len(shown))):
            marked[place] = 1
    segments: list[Segment] = []
    start = 0
    for place in range(1, len(shown) + 1):
        if place == len(shown) or marked[place] != marked[start]:
            segments.append(Segment(_flat(shown[start:place]), bool(marked[start])))
            start = place
    return tuple(segments) or (Segment("（无标题）", hit=False),)


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` characters; what was cut shows as an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters, which could forge a line of their own."""
    return " ".join(_flat(text).split())


def _flat(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _title(alert: "Alert") -> tuple[Segment, ...]:
    title = highlight(alert.publication.title, _title_hits(alert))
    if is_document(alert.publication):
        return title
    return (Segment(mark_of(alert.publication.event), hit=False), *title)


def _happened(publication: "Publication") -> str:
    if is_document(publication):
        return ""
    when = [] if publication.event_on is None else [publication.event_on.isoformat()]
    return " ".join([*when, shorten(one_line(publication.event_detail or mark_of(publication.event)), MAX_HAPPENED)])


def _title_hits(alert: "Alert") -> list[tuple[int, int]]:
    return [(e.start, e.end) for why in alert.whys for e in why.evidence if e.field == "title"]


def _facts(publication: "Publication") -> tuple[str, ...]:
    facts = [KIND_NAMES.get(publication.kind[:1], publication.kind)] if publication.kind else []
    if publication.published_on is not None:
        facts.append(publication.published_on.isoformat())
    facts.extend(one_line(symbol) for symbol in (publication.ipc or publication.locarno)[:1])
    return tuple(shorten(fact, MAX_NAME) for fact in facts)


def _applicants(publication: "Publication") -> str:
    names = [shorten(one_line(applicant.name), MAX_NAME) for applicant in publication.applicants]
    return "、".join(names[:3]) + (f" 等 {len(names)} 家" if len(names) > 3 else "")  # noqa: PLR2004 - three fit a line


def _why(why: "Why") -> str:
    name = shorten(one_line(why.profile_name or why.profile_id), MAX_NAME)
    return f"画像“{name}”规则 {why.rule + 1}：{_hits(why.evidence)}"


def _hits(evidence: "Iterable[Evidence]") -> str:
    places: defaultdict[tuple[str, HitKind], dict[str, None]] = defaultdict(dict)
    for one in evidence:
        places[one.term, one.kind][FIELD_NAMES.get(one.field.partition("[")[0], one.field)] = None
    said = []
    for (term, kind), fields in list(places.items())[:MAX_HITS]:
        quoted = f"“{shorten(one_line(term), MAX_NAME)}”"
        if kind in BARE_HITS:
            said.append(f"{BARE_HITS[kind]}{quoted}")
        else:
            where = "、".join(fields)
            said.append(f"{quoted}（{where}{'，' + HIT_NAMES[kind] if kind in HIT_NAMES else ''}）")
    if len(places) > MAX_HITS:
        said.append(f"另有 {len(places) - MAX_HITS} 处")
    return "，".join(said) or "符合规则"
