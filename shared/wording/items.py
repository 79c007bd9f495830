"""What every message says of an alert, before it takes a channel's form. All texts are plain and of bounded length."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from shared.divisions import called
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
MOST_FACTS = 3
UNTITLED = "（无标题）"

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

Find: TypeAlias = tuple[str, str, HitKind]
"""What was found: term, field, kind."""


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
    hits = [(one.start, one.end) for why in alert.whys for one in why.evidence if one.field == "title"]
    return view_publication(alert.publication, hits, whys_in_words(alert.whys), told_for)


def view_publication(
    publication: "Publication", hits: "Iterable[tuple[int, int]]", whys: tuple[str, ...] = (), told_for: str = ""
) -> Item:
    """Return what is said of a publication: nothing but its `shown_fields` and what is given; ``hits`` as in `highlight`."""
    return Item(
        number=one_line(publication.publication_number),
        title=_title(publication, hits),
        happened=_happened(publication),
        facts=_facts(publication),
        applicants=_applicants(publication),
        whys=whys,
        told_for=told_for,
    )


def whys_in_words(whys: "Sequence[Why]") -> tuple[str, ...]:
    """Return a sentence a profile for the first `MAX_WHYS`, and one that counts the rest."""
    said = [
        why_begins(why.profile_name, why.profile_id, why.rule) + hits_in_words(why.evidence) for why in whys[:MAX_WHYS]
    ]
    if len(whys) > MAX_WHYS:
        said.append(further_whys(len(whys) - MAX_WHYS))
    return tuple(said)


def further_whys(count: int) -> str:
    """Return the sentence that counts the profiles beyond the first `MAX_WHYS`."""
    return f"另有 {count} 个订阅画像也命中"


def why_begins(name: str, profile_id: str, rule: int) -> str:
    """Return how a profile's sentence begins; `hits_in_words` ends it. Who has no name is called by the id."""
    return f"画像“{shorten(one_line(name or profile_id), MAX_NAME)}”规则 {rule + 1}："


def term_in_words(term: str, kind: HitKind) -> str:
    """Return what was hit as people call it: a region by its name."""
    return called(term) if kind is HitKind.REGION else term


def hits_in_words(evidence: "Iterable[Evidence]") -> str:
    """Return what was found where: the first `MAX_HITS` terms, and how many more."""
    return finds_in_words((one.term, one.field, one.kind) for one in evidence)


def finds_in_words(finds: "Iterable[Find]") -> str:
    """Return the same of what was found where."""
    places: defaultdict[tuple[str, HitKind], dict[str, None]] = defaultdict(dict)
    for term, field, kind in finds:
        places[term, kind][FIELD_NAMES.get(field.partition("[")[0], field)] = None
    said = []
    for (term, kind), fields in list(places.items())[:MAX_HITS]:
        quoted = f"“{shorten(one_line(term_in_words(term, kind)), MAX_NAME)}”"
        if kind in BARE_HITS:
            said.append(f"{BARE_HITS[kind]}{quoted}")
        else:
            where = "、".join(fields)
            said.append(f"{quoted}（{where}{'，' + HIT_NAMES[kind] if kind in HIT_NAMES else ''}）")
    if len(places) > MAX_HITS:
        said.append(f"另有 {len(places) - MAX_HITS} 处")
    return "，".join(said) or "符合规则"


def what_is_told(alerts: "Iterable[Alert]") -> str:
    """Return what a message calls what it tells."""
    return "新公开专利" if all(is_document(alert.publication) for alert in alerts) else "专利动态"


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
    segments: list[Segment] = []
    done = 0
    for start, end in _united(hits, len(shown)):
        if done < start:
            segments.append(Segment(_flat(shown[done:start]), hit=False))
        segments.append(Segment(_flat(shown[start:end]), hit=True))
        done = end
    if done < len(shown):
        segments.append(Segment(_flat(shown[done:]), hit=False))
    return tuple(segments) or (Segment(UNTITLED, hit=False),)


def shorten(text: str, limit: int) -> str:
    """Return at most ``limit`` characters; what was cut shows as an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters, which could forge a line of their own."""
    return " ".join(_flat(text).split())


def _flat(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _united(hits: "Iterable[tuple[int, int]]", length: int) -> list[tuple[int, int]]:
    """Return the hits within so many characters, in order; what overlaps or touches is one."""
    united: list[tuple[int, int]] = []
    for begins, ends in sorted(hits):
        start, end = max(begins, 0), min(ends, length)
        if start >= end:
            continue
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def _title(publication: "Publication", hits: "Iterable[tuple[int, int]]") -> tuple[Segment, ...]:
    title = highlight(publication.title, hits)
    if is_document(publication):
        return title
    return (Segment(mark_of(publication.event), hit=False), *title)


def _happened(publication: "Publication") -> str:
    if is_document(publication):
        return ""
    when = [] if publication.event_on is None else [publication.event_on.isoformat()]
    return " ".join([*when, shorten(one_line(publication.event_detail or mark_of(publication.event)), MAX_HAPPENED)])


def _facts(publication: "Publication") -> tuple[str, ...]:
    facts = []
    if publication.kind:
        facts.append(shorten(KIND_NAMES.get(publication.kind[:1], publication.kind), MAX_NAME))
    if publication.published_on is not None:
        facts.append(publication.published_on.isoformat())
    facts.extend([shorten(one_line(symbol), MAX_NAME) for symbol in (publication.ipc or publication.locarno)[:1]])
    return tuple(facts)


def _applicants(publication: "Publication") -> str:
    names = [shorten(one_line(applicant.name), MAX_NAME) for applicant in publication.applicants]
    return "、".join(names[:3]) + (f" 等 {len(names)} 家" if len(names) > 3 else "")  # noqa: PLR2004 - three fit a line
