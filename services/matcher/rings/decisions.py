"""What becomes of a proposed ring: whether it stands beside the rings in force, joins one, or needs a reason."""

from typing import TYPE_CHECKING

import msgspec

from services.matcher.engine.text import normalise_term
from services.matcher.rings.check import check_rings, is_too_short
from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from services.matcher.rings.ring import Ring
    from services.matcher.rings.rings import Rings


def conflict(ring: "Ring", rings: "Rings") -> str:
    """Say in words what stands against accepting a ring, and what to do; empty when nothing does."""
    said = []
    for other in sharing(ring, rings):
        shared = "、".join(member for member in ring.members if other.holds(member))
        new = "、".join(member for member in ring.members if not other.holds(member))
        said.append(
            f"“{shared}”已在词环 {other.id}（{other.in_words()}）里。“{new}”若也是这个意思，用 --into {other.id} 并入；若两处意思不同而都对，"
            f"用 --reason 写明理由；否则 zhitui terms reject {ring.id}"
        )
    said += [
        f"“{member}”太短，多半有好几种意思。确定不会误推的话，用 --reason 写明理由；否则 zhitui terms reject {ring.id}"
        for member in ring.members
        if is_too_short(normalise_term(member))
    ]
    return "\n".join(said)


def sharing(ring: "Ring", rings: "Rings") -> "list[Ring]":
    """Return the rings in force that hold a member of this one, each once."""
    found = {other.id: other for member in ring.members for other in rings.of_term(member)}
    return list(found.values())


def decide(ring: "Ring", rings: "Rings", *, into: str = "", reason: str = "") -> "Ring":
    """Return the ring as it is accepted.

    Args:
        ring: what was proposed.
        rings: those in force.
        into: the ring that it joins.
        reason: why a term may stand in two rings, or is admitted although it is short.

    Raises:
        InvalidInputError: something stands against it that neither ``into`` nor ``reason`` answers; the message says what to do.
    """
    others = [other for other in sharing(ring, rings) if other.id != into]
    unanswered = not reason and (others or any(is_too_short(normalise_term(member)) for member in ring.members))
    if unanswered:
        raise InvalidInputError(f"{ring.id}（{ring.in_words()}）没有接受：\n{conflict(ring, rings)}")
    needing = [
        member
        for member in ring.members
        if is_too_short(normalise_term(member)) or any(other.holds(member) for other in others)
    ]
    accepted = msgspec.structs.replace(ring, extends=into, reasons={**ring.reasons, **dict.fromkeys(needing, reason)})
    known = [other for other in rings.rings if other.id != ring.id]
    if faults := check_rings([accepted], known):
        raise InvalidInputError("\n".join(f"{fault.ring}：{fault.text}" for fault in faults))
    return accepted
