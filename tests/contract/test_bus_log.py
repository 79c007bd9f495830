"""What the bus promises about topics, appends, readers and dead letters."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.bus.port import Bus, Received, Record
from shared.bus.topics import PROFILES, PUBLICATIONS, Topic
from shared.errors import InvalidInputError, NotFoundError
from tests.contract.harness import BusHarness

WIDE = Topic(name="contract.wide.v1")
TABLE = Topic(name="contract.table.v1", compacted=True)


async def read_all(bus: Bus, topic: Topic) -> list[Received]:
    async with bus.reader(topic) as reader:
        return await reader.poll(10_000, 0)


def records(*keys: str) -> list[Record]:
    return [Record(key=key, value=f"{key}#{n}".encode()) for n, key in enumerate(keys)]


def by_place(received: Sequence[Received]) -> dict[tuple[int, int], Received]:
    return {(record.partition, record.offset): record for record in received}


def values(received: Sequence[Received], key: str) -> list[bytes | None]:
    return [record.value for record in received if record.key == key]


async def test_a_record_comes_back_whole_with_its_place_and_moment(bus: Bus, harness: BusHarness) -> None:
    await bus.append(PUBLICATIONS, [Record(key="键", value=b"\x00\xff", headers={"trace": "值"})])
    (received,) = await read_all(bus, PUBLICATIONS)
    assert (received.topic, received.key, received.value) == (PUBLICATIONS.name, "键", b"\x00\xff")
    assert received.headers == {"trace": "值"}
    assert abs(received.appended_at - harness.bus_now()) < timedelta(seconds=10)
    assert received.offset == 0


async def test_records_of_one_key_stay_in_one_partition_and_in_order(bus: Bus) -> None:
    await bus.create([WIDE], partitions=5)
    for _ in range(3):
        await bus.append(WIDE, records(*"abcdefgh" * 4))
    received = await read_all(bus, WIDE)
    assert len(received) == 96
    assert len({record.partition for record in received}) > 1
    for key in "abcdefgh":
        mine = [record for record in received if record.key == key]
        assert len({record.partition for record in mine}) == 1
        offsets = [record.offset for record in mine]
        assert offsets == sorted(set(offsets))
    assert values(received, "a")[:4] == [b"a#0", b"a#8", b"a#16", b"a#24"]


async def test_creating_a_topic_again_leaves_its_partitions_and_records(bus: Bus) -> None:
    await bus.create([WIDE], partitions=3)
    await bus.append(WIDE, records(*"abcdefgh"))
    before = await read_all(bus, WIDE)
    await bus.create([WIDE], partitions=7)
    assert by_place(await read_all(bus, WIDE)) == by_place(before)


async def test_what_was_appended_is_there_for_every_process(bus: Bus, harness: BusHarness) -> None:
    await bus.append(PUBLICATIONS, records("a"))
    other = (await harness.open()).bus
    assert values(await read_all(other, PUBLICATIONS), "a") == [b"a#0"]


async def test_a_record_that_is_too_large_is_refused_before_anything_is_appended(bus: Bus) -> None:
    too_large = Record(key="b", value=b"x" * 9_000_000)
    with pytest.raises(InvalidInputError, match="b"):
        await bus.append(PUBLICATIONS, [*records("a"), too_large, *records("c")])
    assert await read_all(bus, PUBLICATIONS) == []


async def test_appending_nothing_is_nothing(bus: Bus) -> None:
    await bus.append(PUBLICATIONS, [])
    assert await read_all(bus, PUBLICATIONS) == []


async def test_a_topic_that_was_never_created_is_not_found(bus: Bus) -> None:
    nowhere = Topic(name="contract.nowhere.v1")
    with pytest.raises(NotFoundError, match=r"contract\.nowhere\.v1"):
        await bus.append(nowhere, records("a"))
    with pytest.raises(NotFoundError):
        await read_all(bus, nowhere)
    with pytest.raises(NotFoundError):
        await bus.consumer(nowhere, "g").__aenter__()


async def test_a_reader_goes_on_with_what_is_appended_and_stands_outside_of_groups(bus: Bus) -> None:
    await bus.append(PUBLICATIONS, records("a"))
    async with bus.consumer(PUBLICATIONS, "g") as consumer, bus.reader(PUBLICATIONS) as reader:
        await consumer.commit(await consumer.poll(10, 1))
        assert [r.key for r in await reader.poll(10, 0)] == ["a"]
        assert await reader.poll(10, 0) == []
        await bus.append(PUBLICATIONS, records("b"))
        assert [r.key for r in await reader.poll(10, 1)] == ["b"]


async def test_a_reader_begins_where_an_earlier_one_ended(bus: Bus) -> None:
    await bus.create([WIDE], partitions=3)
    await bus.append(WIDE, records(*[str(n) for n in range(20)]))
    positions = {}
    async with bus.reader(WIDE) as reader:
        for record in await reader.poll(100, 0):
            positions[record.partition] = record.offset + 1
    await bus.append(WIDE, records("a", "b"))
    async with bus.reader(WIDE, positions=positions) as reader:
        assert sorted(record.key for record in await reader.poll(100, 0)) == ["a", "b"]


async def test_a_topic_keeps_its_name_as_long_as_it_is_not_made_anew(bus: Bus) -> None:
    name = await bus.incarnation(PROFILES)
    await bus.append(PROFILES, records("a"))
    await bus.create([PROFILES])
    assert await bus.incarnation(PROFILES) == name


async def test_a_reader_returns_no_more_than_asked_and_misses_nothing(bus: Bus) -> None:
    await bus.create([WIDE], partitions=3)
    await bus.append(WIDE, records(*[str(n) for n in range(50)]))
    seen = []
    async with bus.reader(WIDE) as reader:
        while batch := await reader.poll(7, 0):
            assert len(batch) <= 7
            seen += [record.key for record in batch]
    assert sorted(seen, key=int) == [str(n) for n in range(50)]


async def test_a_compacted_topic_keeps_the_last_record_of_every_key(bus: Bus) -> None:
    await bus.create([TABLE], partitions=2)
    await bus.append(TABLE, records("a", "b", "a"))
    await bus.append(TABLE, [Record(key="b", value=b"last"), Record(key="c", value=b"only")])
    last = {record.key: record.value for record in await read_all(bus, TABLE)}
    assert last == {"a": b"a#2", "b": b"last", "c": b"only"}


async def test_a_tombstone_tells_readers_that_the_key_is_gone(bus: Bus) -> None:
    await bus.append(PROFILES, records("a"))
    async with bus.reader(PROFILES) as reader:
        assert [r.value for r in await reader.poll(10, 0)] == [b"a#0"]
        await bus.append(PROFILES, [Record(key="a", value=None)])
        assert [r.value for r in await reader.poll(10, 0)] == [None]
    last = {record.key: record.value for record in await read_all(bus, PROFILES)}
    assert last.get("a") is None


async def test_a_dead_letter_is_whole_and_says_where_it_came_from_and_why(bus: Bus) -> None:
    await bus.append(PUBLICATIONS, [Record(key="k", value=b"poison", headers={"trace": "1"})])
    (poison,) = await read_all(bus, PUBLICATIONS)
    await bus.dead_letter(PUBLICATIONS, poison, InvalidInputError("读不懂"))
    (letter,) = await read_all(bus, PUBLICATIONS.dead_letters)
    assert (letter.key, letter.value) == ("k", b"poison")
    assert letter.headers == {
        "trace": "1",
        "original-topic": PUBLICATIONS.name,
        "original-partition": str(poison.partition),
        "original-offset": str(poison.offset),
        "error-class": "InvalidInputError",
        "error-text": "读不懂",
    }


async def test_the_ends_of_a_topic_lie_behind_every_record_whose_append_returned(bus: Bus, harness: BusHarness) -> None:
    await bus.create([WIDE], partitions=5)
    assert await bus.ends(WIDE) == dict.fromkeys(range(5), 0)
    other = (await harness.open()).bus
    for written in range(20):
        await bus.append(WIDE, records(*"abcdefgh"))
        ends = await other.ends(WIDE)
        assert sum(ends.values()) == 8 * (written + 1)
    last = {record.partition: record.offset for record in await read_all(bus, WIDE)}
    assert {partition: offset + 1 for partition, offset in last.items()} == {
        partition: end for partition, end in ends.items() if end
    }


async def test_a_topic_that_was_never_created_has_no_ends(bus: Bus) -> None:
    with pytest.raises(NotFoundError):
        await bus.ends(Topic(name="contract.nowhere.v1"))


async def test_a_reader_that_was_given_all_there_is_stands_at_the_ends_although_records_were_compacted_away(
    bus: Bus,
) -> None:
    await bus.create([TABLE], partitions=3)
    await bus.append(TABLE, records(*"abcdefgh" * 4))
    await bus.append(TABLE, [Record(key=key, value=None) for key in "abcdefgh"])
    async with bus.reader(TABLE) as reader:
        assert sum(reader.positions.values()) == 0
        while await reader.poll(3, 0):
            pass
        assert reader.positions == await bus.ends(TABLE)
        await bus.append(TABLE, records("a"))
        assert reader.positions != await bus.ends(TABLE)
        assert len(await reader.poll(3, 0)) == 1
        assert reader.positions == await bus.ends(TABLE)


async def test_a_topic_that_is_made_anew_is_empty_and_groups_begin_again(bus: Bus, harness: BusHarness) -> None:
    await bus.create([WIDE], partitions=3)
    await bus.append(WIDE, records(*"abcdefgh"))
    name = await bus.incarnation(WIDE)
    async with bus.consumer(WIDE, "g") as consumer:
        await consumer.commit(await consumer.poll(100, 0))
    assert sum((await bus.committed(WIDE, "g")).values()) == 8
    await bus.remake([WIDE])
    assert await bus.ends(WIDE) == await bus.committed(WIDE, "g") == {0: 0, 1: 0, 2: 0}
    assert await bus.incarnation(WIDE) != name
    await bus.append(WIDE, records("new"))
    async with bus.consumer(WIDE, "g") as consumer:
        assert [record.key for record in await consumer.poll(100, 0)] == ["new"]


async def test_commits_of_a_group_that_never_made_one_are_at_the_beginning(bus: Bus) -> None:
    await bus.create([WIDE], partitions=2)
    await bus.append(WIDE, records("a"))
    assert await bus.committed(WIDE, "nobody") == {0: 0, 1: 0}
    with pytest.raises(NotFoundError):
        await bus.committed(Topic(name="contract.nowhere.v1"), "g")
    with pytest.raises(NotFoundError):
        await bus.remake([Topic(name="contract.nowhere.v1")])
