"""Who of a group gets which partitions: even, and as few moves as that allows. Plain functions."""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Held:
    """What a member had before.

    Attributes:
        generation: the last one that it took part in; -1 for a newcomer.
        partitions: what it owned then.
    """

    generation: int = -1
    partitions: tuple[int, ...] = ()


def share(partitions: int, members: "Mapping[str, Held]") -> dict[str, list[int]]:
    """Share partitions 0 … ``partitions`` - 1 out.

    Nobody gets two more than anybody else. A member keeps what it has as long as that holds. Where two say that they own a
    partition, the one of the later generation does: the other one was away meanwhile.

    Args:
        partitions: how many there are.
        members: member id → what it had; at least one.

    Returns:
        Member id → its partitions, ascending; every partition exactly once.
    """
    kept = _claims(partitions, members)
    least, larger_shares = divmod(partitions, len(members))
    shares: dict[str, list[int]] = {}
    for member in sorted(members, key=lambda name: (-len(kept[name]), name)):  # who has most keeps a larger share
        room = least + (1 if larger_shares > 0 else 0)
        larger_shares -= len(kept[member]) > least and room > least
        shares[member] = sorted(kept[member])[:room]
    free = deque(sorted(set(range(partitions)) - {number for share in shares.values() for number in share}))
    for member in sorted(shares, key=lambda name: (len(shares[name]), name)):
        while free and len(shares[member]) < least:
            shares[member].append(free.popleft())
    for member in sorted(shares, key=lambda name: (len(shares[name]), name)):
        if free and len(shares[member]) == least:
            shares[member].append(free.popleft())
    return {member: sorted(numbers) for member, numbers in shares.items()}


def _claims(partitions: int, members: "Mapping[str, Held]") -> dict[str, list[int]]:
    owners: dict[int, str] = {}
    for member in _latest_last(members):
        for number in members[member].partitions:
            if number < partitions:
                owners[number] = member
    claims: dict[str, list[int]] = {member: [] for member in members}
    for number, member in owners.items():
        claims[member].append(number)
    return claims


def _latest_last(members: "Mapping[str, Held]") -> "Iterable[str]":
    return sorted(members, key=lambda name: (members[name].generation, name))
