"""What is wrong with rings, in words, with what to do."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.matcher.engine.segment import HAN, character_class
from services.matcher.engine.text import normalise_term
from shared.wire.profile import MAX_TERM_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.rings.ring import Ring

LEAST_LATIN_CHARACTERS = 3
"""A shorter abbreviation has too many meanings to go without a reason."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right.

    Attributes:
        ring: id of the ring.
        text: what is wrong, and what to do.
    """

    ring: str
    text: str


def check_rings(rings: "Sequence[Ring]", known: "Sequence[Ring]" = ()) -> list[Fault]:
    """Return what is wrong with rings, in their order.

    Args:
        rings: the rings to check.
        known: rings that are in force beside them, taken to be sound; those to be checked may extend them.
    """
    at_home: dict[str, list[Ring]] = {}
    for ring in (*known, *rings):
        for plain in dict.fromkeys(map(normalise_term, ring.members)):
            at_home.setdefault(plain, []).append(ring)
    ids = Counter(ring.id for ring in (*known, *rings))
    faults = []
    for ring in rings:
        texts = (*_check_ring(ring), *_check_places(ring, ids, at_home))
        faults += [Fault(ring.id, text) for text in texts]
    return faults


def _check_ring(ring: "Ring") -> "Iterator[str]":
    plain = [normalise_term(member) for member in ring.members]
    for member, form in zip(ring.members, plain, strict=True):
        if not form or len(form) > MAX_TERM_CHARACTERS:
            yield f"“{member}”是空白的，或超过 {MAX_TERM_CHARACTERS} 个字，请改写或删去"
        elif is_too_short(form) and not reason_for(ring, form):
            yield f"“{member}”太短，多半有好几种意思，请删去，或在 reasons 里写明为什么可以用"
    for form, times in Counter(plain).items():
        if times > 1:
            yield f"“{form}”写了 {times} 次（大小写、全半角、繁简不分），请只留一个"
    if len(set(plain)) < 2:  # noqa: PLR2004 - one is no ring
        yield "不足两个不同的词，成不了词环，请补上或删去这一行"
    for term in ring.reasons:
        if not ring.holds(term):
            yield f"reasons 里的“{term}”不是这个词环的词，请改正或删去"


def _check_places(ring: "Ring", ids: Counter[str], at_home: "dict[str, list[Ring]]") -> "Iterator[str]":
    if not ring.id.strip() or ids[ring.id] > 1:
        yield f"编号“{ring.id}”是空的或不止一个词环用它，请换一个"
    if ring.extends and (ring.extends not in ids or ring.extends == ring.id):
        yield f"要并入的词环 {ring.extends} 不存在，请改正 extends，或删去它使这些词自成一环"
    for member in ring.members:
        plain = normalise_term(member)
        others = [other for other in at_home[plain] if other is not ring and not _one_ring(ring, other)]
        if others and not reason_for(ring, plain):
            where = "；".join(f"{other.id}（{other.in_words()}）" for other in others)
            yield f"“{member}”也在词环 {where}里，请删去一处、合并两环，或在 reasons 里写明为什么两处都对"


def _one_ring(ring: "Ring", other: "Ring") -> bool:
    """Whether two lines are parts of the same ring."""
    return ring.extends == other.id or other.extends == ring.id or bool(ring.extends and ring.extends == other.extends)


def is_too_short(plain: str) -> bool:
    """Whether a normalised term says too little to go without a reason: one character, or two without an ideograph."""
    has_ideograph = any(character_class(character) == HAN for character in plain)
    return len(plain) == 1 or (len(plain) < LEAST_LATIN_CHARACTERS and not has_ideograph)


def reason_for(ring: "Ring", plain: str) -> str:
    """Return why a normalised member is admitted in spite of a rule; empty when nobody said."""
    return next((why for term, why in ring.reasons.items() if normalise_term(term) == plain and why.strip()), "")
