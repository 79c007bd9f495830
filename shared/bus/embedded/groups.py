"""Consumer groups as rows: who is a member, who owns which partition, how far the group is.

Each partition of a group is a *claim*: its owner, an epoch that grows with every change of owner (the fence for
commits), and the offset after the last commit. Functions of a connection, run as jobs of the database.
"""

from typing import TYPE_CHECKING, NamedTuple

from shared.bus.embedded.log import Partition, partitions_of
from shared.bus.embedded.member_lock import is_alive

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path


class Group(NamedTuple):
    """What names a group: groups of one name on two topics are two groups."""

    topic: str
    name: str


class Claim(NamedTuple):
    """A partition that a member owns."""

    partition: Partition
    epoch: int
    next_offset: int


def join(
    connection: "sqlite3.Connection", group: Group, *, lock_name: str, session_timeout: int, now: int, folder: "Path"
) -> int:
    """Add a member, drop the dead, share the partitions anew, and return the member's id.

    Args:
        connection: the writer's.
        group: what to join.
        lock_name: the member's lock in ``folder``.
        session_timeout: microseconds without a heartbeat after which the member counts as hung.
        now: microseconds since 1970.
        folder: where the members' locks lie.
    """
    connection.executemany(
        "INSERT INTO bus_claims (topic, group_name, partition, partition_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(*group, p.number, p.id) for p in partitions_of(connection, group.topic)],
    )
    member = connection.execute(
        "INSERT INTO bus_members (topic, group_name, lock_name, session_timeout, heartbeat_at) VALUES (?, ?, ?, ?, ?)",
        (*group, lock_name, session_timeout, now),
    ).lastrowid
    _drop_dead(connection, group, now, folder)
    _share(connection, group)
    return int(member or 0)


def leave(connection: "sqlite3.Connection", group: Group, member: int) -> None:
    """Remove a member and give its partitions to the others."""
    connection.execute("DELETE FROM bus_members WHERE id = ?", (member,))
    _share(connection, group)


def heartbeat(connection: "sqlite3.Connection", group: Group, member: int, now: int, folder: "Path") -> None:
    """Show that the member lives, and take over what dead members owned."""
    connection.execute("UPDATE bus_members SET heartbeat_at = ? WHERE id = ?", (now, member))
    if _drop_dead(connection, group, now, folder):
        _share(connection, group)


def claims(connection: "sqlite3.Connection", group: Group, member: int) -> list[Claim] | None:
    """Return what a member owns; ``None`` when the group has given it up."""
    if connection.execute("SELECT 1 FROM bus_members WHERE id = ?", (member,)).fetchone() is None:
        return None
    rows = connection.execute(
        "SELECT partition_id, partition, epoch, next_offset FROM bus_claims"
        " WHERE topic = ? AND group_name = ? AND owner = ? ORDER BY partition",
        (*group, member),
    )
    return [Claim(Partition(id_, number), epoch, next_offset) for id_, number, epoch, next_offset in rows]


def commit(
    connection: "sqlite3.Connection", group: Group, member: int, done: "Mapping[int, tuple[int, int]]"
) -> int | None:
    """Move the group's commits on; they never go back.

    Args:
        connection: the writer's.
        group: whose commits.
        member: who commits.
        done: partition → (epoch in which it was polled, offset after the last record done).

    Returns:
        ``None``, or the first partition that is not the member's any more.
    """
    for partition, (epoch, next_offset) in done.items():
        changed = connection.execute(
            "UPDATE bus_claims SET next_offset = max(next_offset, ?)"
            " WHERE topic = ? AND group_name = ? AND partition = ? AND owner = ? AND epoch = ?",
            (next_offset, *group, partition, member, epoch),
        ).rowcount
        if not changed:
            return partition
    return None


def _drop_dead(connection: "sqlite3.Connection", group: Group, now: int, folder: "Path") -> bool:
    members = connection.execute(
        "SELECT id, lock_name, heartbeat_at + session_timeout FROM bus_members WHERE topic = ? AND group_name = ?",
        group,
    ).fetchall()
    dead = [(id_,) for id_, lock_name, deadline in members if deadline < now or not is_alive(folder, lock_name)]
    connection.executemany("DELETE FROM bus_members WHERE id = ?", dead)
    return bool(dead)


def _share(connection: "sqlite3.Connection", group: Group) -> None:
    """Share the partitions out in ranges, in the order of joining, so that a newcomer takes from the end."""
    members = [
        id_
        for (id_,) in connection.execute(
            "SELECT id FROM bus_members WHERE topic = ? AND group_name = ? ORDER BY id", group
        )
    ]
    owners = connection.execute(
        "SELECT partition, owner FROM bus_claims WHERE topic = ? AND group_name = ? ORDER BY partition", group
    ).fetchall()
    for place, (partition, owner) in enumerate(owners):
        new_owner = members[place * len(members) // len(owners)] if members else None
        if new_owner != owner:
            connection.execute(
                "UPDATE bus_claims SET owner = ?, epoch = epoch + 1 WHERE topic = ? AND group_name = ? AND partition = ?",
                (new_owner, *group, partition),
            )
