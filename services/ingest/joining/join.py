"""What arrives apart becomes one publication: the gazette row without an abstract, the full text of the same number.

The join goes field by field, and is a function of what is known and what a record says:

- What a record does not say overwrites nothing.
- What is empty is filled; of a list, more of the same is taken; a region, down to its district; an applicant who stays
  keeps the address, postcode and region that only one of them says.
- Where both say something else, a text in Chinese wins over one in another language, else the higher source (`RANKS`), else
  the later record: unless an equal source said so before. Files are read again after a crash, and then old rows come by once more.
- Who says a field is the highest source that says it, or what agrees with it. He never falls, and among equals nothing is
  taken twice: whatever is read in whatever order however often, it comes to rest.

So what two sources say differently ends the same whichever comes first; only between equals the order decides.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from services.ingest.joining.values import Relation, join_applicants, join_facts, join_lists
from services.ingest.normalise.record import MAX_TEXT_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shared.store.records import PublicationVersion
    from shared.wire.publication import Publication

RANKS: "Mapping[str, int]" = {"cnipa-xml": 4, "gazette-csv": 3, "publication-jsonl": 3, "cnipa-body": 1}
"""How much a source is believed: the office's full text, then its gazette and what an operator writes himself ..."""

_RANK_OF_OTHERS = 2
"""... then whoever hands on what an office published; last the application's own text, which does not say that it was published so."""

_TEXTS = frozenset({"title", "abstract", "claim"})
_BESIDE = {"abstract": "claim", "claim": "abstract"}

_JOINS: "Mapping[str, Callable[..., tuple[Any, Relation]]]" = {
    **dict.fromkeys(("title", "abstract", "claim", "agency"), join_facts),
    **dict.fromkeys(("published_on", "filed_on", "application_number"), join_facts),
    **dict.fromkeys(("inventors", "ipc", "locarno"), join_lists),
    "applicants": join_applicants,
}


class Joined(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What came of a join.

    Attributes:
        said_by: field → the source that says it, where that is another than the publication's ``source``.
        filled: fields that were empty, or said less of the same.
        changed: fields that said something else.
    """

    publication: "Publication"
    said_by: dict[str, str]
    filled: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def rank(source: str) -> int:
    """Return how much a source is believed; more is more."""
    return RANKS.get(source, _RANK_OF_OTHERS)


def join(record: "Publication", history: "Sequence[PublicationVersion]") -> Joined:
    """Join what a record says with what is known of its number.

    Args:
        record: what was read.
        history: every version, oldest first, at least one; the last is what is known.
    """
    known = history[-1].publication
    sayers: dict[str, str] = {}
    values: dict[str, Any] = {}
    filled: list[str] = []
    changed: list[str] = []
    for field, join_values in _JOINS.items():
        old, new = getattr(known, field), getattr(record, field)
        sayer = _sayer(history[-1], field)
        if new and field in _BESIDE:  # a record holds both within the limit; what two records say need not
            beside = values.get(_BESIDE[field], getattr(known, _BESIDE[field])) or ""
            new = new if len(new) + len(beside) <= MAX_TEXT_CHARACTERS else None
        if old and new:
            wins = _wins(field, old, new, record.source, history)
            value, relation = join_values(old, new, wins=wins, strict=record.source == sayer)
            agrees = relation is not Relation.OTHER
            if value != old:
                values[field] = value
                (filled if agrees or not wins else changed).append(field)
            if (agrees and rank(record.source) > rank(sayer)) or (wins and not agrees):
                sayer = record.source
        elif new:
            values[field] = new
            filled.append(field)
            sayer = record.source
        if old or new:
            sayers[field] = sayer
    if "title" in values:
        values["lang"] = record.lang
    says_something = any(sayer != _sayer(history[-1], field) for field, sayer in sayers.items())
    source = max(known.source, record.source, key=rank) if values or says_something else known.source
    return Joined(
        publication=msgspec.structs.replace(known, **values, source=source),
        said_by={field: sayer for field, sayer in sayers.items() if sayer != source},
        filled=tuple(filled),
        changed=tuple(changed),
    )


def _wins(field: str, old: object, new: object, source: str, history: "Sequence[PublicationVersion]") -> bool:
    """Whether a record is believed in a field where it says something else."""
    sayer = _sayer(history[-1], field)
    if field in _TEXTS and (is_chinese := _is_chinese(str(new))) != _is_chinese(str(old)):
        return is_chinese
    if rank(source) != rank(sayer):
        return rank(source) > rank(sayer)
    return not any(
        (said := getattr(version.publication, field))
        and rank(_sayer(version, field)) == rank(source)
        and _JOINS[field](said, new, wins=False, strict=source == _sayer(version, field))[1] < Relation.MORE
        for version in history[:-1]
    )


def _sayer(version: "PublicationVersion", field: str) -> str:
    return version.said_by.get(field, version.publication.source)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
