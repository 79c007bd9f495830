"""The log's statements: append, read on, trim. Functions of a connection, run as jobs of the database."""

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from shared.bus.embedded.schema import OFFSET_BITS
from shared.bus.partitioner import partition_of
from shared.bus.port import Received
from shared.sqlite.moments import from_microseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from shared.bus.port import Record
    from shared.bus.topics import Topic

_decode_headers = msgspec.json.Decoder(dict[str, str]).decode


class Partition(NamedTuple):
    """A partition's row id and number."""

    id: int
    number: int


class Row(NamedTuple):
    """A record as it will lie in the table, its offset still unknown."""

    partition: int
    key: str
    value: bytes | None
    headers: bytes | None


def partitions_of(connection: "sqlite3.Connection", topic: str) -> list[Partition]:
    """Return a topic's partitions in order; none when it was never created."""
    rows = connection.execute("SELECT id, partition FROM bus_partitions WHERE topic = ? ORDER BY partition", (topic,))
    return [Partition(*row) for row in rows]


def create(connection: "sqlite3.Connection", topic: "Topic", partitions: int, now: int) -> None:
    """Make a topic's partitions, unless it has some."""
    if not partitions_of(connection, topic.name):
        connection.executemany(
            "INSERT INTO bus_partitions (topic, partition, compacted, created_at) VALUES (?, ?, ?, ?)",
            [(topic.name, number, int(topic.compacted), now) for number in range(partitions)],
        )


def created_at(connection: "sqlite3.Connection", topic: "Topic") -> int:
    """Return when a topic was made, in microseconds; 0 for one that an earlier version made."""
    (moment,) = connection.execute(
        "SELECT min(created_at) FROM bus_partitions WHERE topic = ?", (topic.name,)
    ).fetchone()
    return int(moment)


def rows_of(records: "Sequence[Record]", partitions: int) -> list[Row]:
    """Give each record its partition and its stored form."""
    encode = msgspec.json.encode
    return [
        Row(partition_of(r.key, partitions), r.key, r.value, encode(r.headers) if r.headers else None) for r in records
    ]


def append(
    connection: "sqlite3.Connection", partitions: "Sequence[Partition]", rows: "Sequence[Row]", now: int, topic: "Topic"
) -> None:
    """Append the rows; on a compacted topic, what was known of their keys is forgotten."""
    compacted = int(topic.compacted)
    counters = ends(connection, topic.name)
    bases = {p.number: p.id << OFFSET_BITS for p in partitions}
    stored = []
    for row in rows:
        offset = counters[row.partition]
        counters[row.partition] = offset + 1
        stored.append((bases[row.partition] | offset, row.key, row.value, row.headers, now, compacted))
    connection.executemany("INSERT INTO bus_records VALUES (?, ?, ?, ?, ?, ?)", stored)
    connection.executemany(
        "UPDATE bus_partitions SET next_offset = ? WHERE topic = ? AND partition = ?",
        [(offset, topic.name, number) for number, offset in counters.items()],
    )
    if compacted:
        connection.executemany(
            "DELETE FROM bus_records WHERE compacted = 1 AND key = ? AND place >= ? AND place < ?",
            [(key, place >> OFFSET_BITS << OFFSET_BITS, place) for place, key, *_ in stored],
        )


def read_on(
    connection: "sqlite3.Connection", topic: str, positions: "Iterable[tuple[Partition, int]]", limit: int
) -> list[Received]:
    """Return the next records from these positions, in order within each partition."""
    found: list[Received] = []
    for partition, offset in positions:
        base = partition.id << OFFSET_BITS
        rows = connection.execute(
            "SELECT place, key, value, headers, appended_at FROM bus_records"
            " WHERE place >= ? AND place < ? ORDER BY place LIMIT ?",
            (base + offset, base + (1 << OFFSET_BITS), limit - len(found)),
        )
        found += [
            Received(
                topic=topic,
                partition=partition.number,
                offset=place - base,
                key=key,
                value=value,
                headers=_decode_headers(headers) if headers else {},
                appended_at=from_microseconds(appended_at),
            )
            for place, key, value, headers, appended_at in rows
        ]
        if len(found) >= limit:
            break
    return found


def trim(connection: "sqlite3.Connection", before: int, limit: int) -> int:
    """Forget up to ``limit`` old records that nobody needs, and return how many went.

    On a plain topic these are the ones that every known group is done with; a topic that no group ever read keeps all.
    On a compacted topic they are tombstones.
    """
    gone = 0
    done = connection.execute(
        "SELECT p.id, min(c.next_offset) FROM bus_claims c JOIN bus_partitions p ON p.id = c.partition_id"
        " WHERE p.compacted = 0 GROUP BY p.id"
    ).fetchall()
    for partition_id, next_offset in done:
        base = partition_id << OFFSET_BITS
        gone += connection.execute(
            "DELETE FROM bus_records WHERE place IN (SELECT place FROM bus_records"
            " WHERE place >= ? AND place < ? ORDER BY place LIMIT ?) AND appended_at < ?",
            (base, base + next_offset, limit - gone, before),
        ).rowcount
    gone += connection.execute(
        "DELETE FROM bus_records WHERE place IN (SELECT place FROM bus_records"
        " WHERE compacted = 1 AND value IS NULL AND appended_at < ? LIMIT ?)",
        (before, limit - gone),
    ).rowcount
    return gone


def ends(connection: "sqlite3.Connection", topic: str) -> dict[int, int]:
    """Return partition → the offset that its next record will have."""
    return dict(connection.execute("SELECT partition, next_offset FROM bus_partitions WHERE topic = ?", (topic,)))


def committed(connection: "sqlite3.Connection", topic: str, group: str) -> dict[int, int]:
    """Return partition → the offset after the group's last commit, of those that it knows."""
    return dict(
        connection.execute(
            "SELECT partition, next_offset FROM bus_claims WHERE topic = ? AND group_name = ?", (topic, group)
        )
    )


def remake(connection: "sqlite3.Connection", topic: "Topic", now: int) -> None:
    """Forget a topic's records and its groups, and make it anew with as many partitions, later than it was made before."""
    known = partitions_of(connection, topic.name)
    made_at = max(now, created_at(connection, topic) + 1)
    for partition in known:
        base = partition.id << OFFSET_BITS
        bounds = (base, base + (1 << OFFSET_BITS))
        connection.execute("DELETE FROM bus_records WHERE place >= ? AND place < ?", bounds)
    for table in ("bus_partitions", "bus_claims", "bus_members"):
        connection.execute(f"DELETE FROM {table} WHERE topic = ?", (topic.name,))  # noqa: S608 - names above
    create(connection, topic, len(known), made_at)


def lag(connection: "sqlite3.Connection", topic: "Topic", group: str) -> int:
    """Return how many records lie after the group's commits."""
    ends = connection.execute(
        "SELECT p.id, p.next_offset, coalesce(c.next_offset, 0) FROM bus_partitions p"
        " LEFT JOIN bus_claims c ON c.partition_id = p.id AND c.topic = p.topic AND c.group_name = ? WHERE p.topic = ?",
        (group, topic.name),
    ).fetchall()
    return sum(_between(connection, topic, place_id, committed, end) for place_id, end, committed in ends)


def _between(connection: "sqlite3.Connection", topic: "Topic", partition_id: int, first: int, end: int) -> int:
    base = partition_id << OFFSET_BITS
    bounds = (base + first, base + end)
    if topic.compacted:
        (count,) = connection.execute(
            "SELECT count(*) FROM bus_records WHERE place >= ? AND place < ?", bounds
        ).fetchone()
        return int(count)
    # A plain topic has no gaps but what was trimmed at its beginning, so the first record there tells the rest.
    (place,) = connection.execute(
        "SELECT min(place) FROM bus_records WHERE place >= ? AND place < ?", bounds
    ).fetchone()
    return 0 if place is None else int(base + end - place)
