"""Two values of one field: what the later one is to the earlier, and what they are together."""

import unicodedata
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.wire.publication import Applicant


class Relation(IntEnum):
    """What a value says beside one that is known; of several parts the greatest counts."""

    SAME = 0
    LESS = 1
    MORE = 2
    OTHER = 3


Together = tuple[Any, Relation]
"""A value, and what the later one was to the earlier."""


def join_facts(old: object, new: object, *, wins: bool, strict: bool) -> Together:
    """Join two texts or dates, neither empty.

    Args:
        old: what is known.
        new: what is said.
        wins: whether the new one is believed where both cannot be.
        strict: both come from one source, and a difference that is otherwise of no account (width, blanks; fewer members of a
            list) is meant.
    """
    same = old == new or (not strict and folded(str(old)) == folded(str(new)))
    return (old, Relation.SAME) if same else (new if wins else old, Relation.OTHER)


def join_lists(old: tuple[str, ...], new: tuple[str, ...], *, wins: bool, strict: bool) -> Together:
    """Join two lists, neither empty; the first member is the main one."""
    if strict and old == new:
        return old, Relation.SAME
    relation = _of_members([folded(one) for one in old], [folded(one) for one in new], strict=strict)
    takes = relation is Relation.MORE or (relation is Relation.OTHER and wins)
    return new if takes else old, relation


def join_applicants(
    old: "tuple[Applicant, ...]", new: "tuple[Applicant, ...]", *, wins: bool, strict: bool
) -> Together:
    """Join two lists of applicants, neither empty: who stays keeps what only one of them says of him."""
    relation = _of_members([folded(one.name) for one in old], [folded(one.name) for one in new], strict=strict)
    takes = relation is Relation.MORE or (relation is Relation.OTHER and wins)
    others = {folded(one.name): one for one in (old if takes else new)}
    value = []
    for one in new if takes else old:
        other = others.get(folded(one.name))
        if other is not None:
            before, after = (other, one) if takes else (one, other)
            one, of_him = _join_applicant(before, after, wins=wins, strict=strict)  # noqa: PLW2901 - the same applicant
            relation = max(relation, of_him)
        value.append(one)
    return (old, relation) if relation is Relation.SAME else (tuple(value), relation)


def folded(text: str) -> str:
    """Return a text without what typesetting decides: width, blanks, case."""
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return (text if text.isalnum() else "".join(text.split())).casefold()


def _of_members(old: "Sequence[str]", new: "Sequence[str]", *, strict: bool) -> Relation:
    """Compare lists by their members and by which comes first."""
    has, says = set(old), set(new)
    if has == says:
        return Relation.SAME if old[0] == new[0] and not (strict and list(old) != list(new)) else Relation.OTHER
    if says < has:
        return Relation.OTHER if strict else Relation.LESS
    return Relation.MORE if has < says else Relation.OTHER


def _join_applicant(old: "Applicant", new: "Applicant", *, wins: bool, strict: bool) -> "tuple[Applicant, Relation]":
    if old.address and new.address:
        address, relation = join_facts(old.address, new.address, wins=wins, strict=strict)
        if relation is Relation.OTHER:  # he moved: postcode and region are those of the address
            return (new if wins else old), relation
    else:
        address = old.address or new.address
        relation = Relation.MORE if new.address else Relation.SAME
    postcode, of_postcode = _part(old.postcode, new.postcode, join_facts, wins=wins, strict=strict)
    region, of_region = _part(old.region, new.region, _join_regions, wins=wins, strict=strict)
    kept, other = (new, old) if wins else (old, new)
    joined = msgspec.structs.replace(
        kept,
        address=address,
        postcode=postcode,
        region=region,
        type=kept.type or other.type,  # derived, so that they alone are nothing new
        country=kept.country or other.country,
    )
    return joined, max(relation, of_postcode, of_region)


def _part(
    old: str | None, new: str | None, join: "Callable[..., Together]", *, wins: bool, strict: bool
) -> "tuple[str | None, Relation]":
    if not new:
        return old, Relation.SAME
    return (new, Relation.MORE) if not old else join(old, new, wins=wins, strict=strict)


def _join_regions(old: str, new: str, *, wins: bool, strict: bool) -> Together:
    if old.startswith(new):
        return old, Relation.SAME if old == new else Relation.LESS
    return (new, Relation.MORE) if new.startswith(old) else join_facts(old, new, wins=wins, strict=strict)
