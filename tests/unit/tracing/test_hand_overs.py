"""What spans tell of a hand-over on the bus, above all when it fails."""

import pytest

from shared.bus.port import Record
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS
from shared.errors import InvalidInputError, PartitionLostError
from tests.unit.tracing.spans import Bench, received

PLACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
SEND = "send city.zhitui.matches.v1"
PROCESS = "process city.zhitui.publications.v1"


async def test_a_record_leaves_with_the_place_of_its_own_sending() -> None:
    bench = Bench()
    await bench.bus.append(MATCHES, [Record(key="CN1A", value=b"", headers={"traceparent": PLACE, "other": "x"})])
    (span,) = bench.ended
    assert span.context is not None
    assert span.parent is not None
    assert span.parent.span_id == 0xB7AD6B7169203331
    assert bench.scripted.appended[0].headers == {
        "traceparent": f"00-0af7651916cd43dd8448eb211c80319c-{span.context.span_id:016x}-01",
        "other": "x",
    }
    assert span.attributes == {
        "messaging.system": "kafka",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": "city.zhitui.matches.v1",
        "messaging.kafka.message.key": "CN1A",
    }


@pytest.mark.parametrize("place", [None, UNSAMPLED, "rubbish", ""])
async def test_what_is_not_sampled_passes_as_it_is(place: str | None) -> None:
    bench = Bench()
    record = Record(key="CN1A", value=b"", headers={} if place is None else {"traceparent": place})
    got = received(1, traceparent=place)
    bench.scripted.batches = [[got]]
    await bench.bus.append(PUBLICATIONS, [record])
    async with bench.bus.consumer(PUBLICATIONS, "matcher") as consumer:
        assert (await consumer.poll(1, 0))[0] is got
        await consumer.commit([got])
    await bench.bus.dead_letter(PUBLICATIONS, got, InvalidInputError("x"))
    assert bench.scripted.appended[0] is record
    assert bench.scripted.dead == [got]
    assert bench.ended == []


async def test_a_topic_that_is_no_part_of_the_way_is_left_alone() -> None:
    bench = Bench()
    await bench.bus.append(PROFILES, [Record(key="p", value=b"", headers={"traceparent": PLACE})])
    async with bench.bus.consumer(PROFILES, "x") as consumer:
        assert id(consumer) == id(bench.scripted)
    assert await bench.bus.lag(PROFILES, "x") == 42
    assert bench.ended == []


async def test_a_refused_append_is_told_by_its_class_and_never_by_its_text() -> None:
    bench = Bench()
    bench.scripted.failure = InvalidInputError("wang@example.com")
    with pytest.raises(InvalidInputError):
        await bench.bus.append(MATCHES, [Record(key="CN1A", value=b"", headers={"traceparent": PLACE})])
    assert bench.told == [(SEND, "InvalidInputError")]
    assert "wang" not in bench.ended[0].to_json()


async def test_processing_lasts_until_its_commit() -> None:
    bench = Bench()
    bench.scripted.batches = [[received(1, traceparent=PLACE), received(2, traceparent=PLACE)]]
    async with bench.bus.consumer(PUBLICATIONS, "matcher") as consumer:
        first, second = await consumer.poll(2, 0)
        assert first.headers != second.headers
        assert bench.told == []
        await consumer.commit([first])
        assert bench.told == [(PROCESS, None)]
        await consumer.commit([second])
        assert bench.told == [(PROCESS, None)] * 2


async def test_work_of_a_partition_that_moved_away_says_so_at_its_commit() -> None:
    bench = Bench()
    bench.scripted.batches = [[received(1, traceparent=PLACE)]]
    async with bench.bus.consumer(PUBLICATIONS, "matcher") as consumer:
        got = await consumer.poll(1, 0)
        bench.scripted.failure = PartitionLostError("gone")
        with pytest.raises(PartitionLostError):
            await consumer.commit(got)
    assert bench.told == [(PROCESS, "PartitionLostError")]


async def test_work_of_a_partition_that_moved_away_says_so_at_the_next_poll() -> None:
    bench = Bench()
    bench.scripted.batches = [[received(1, traceparent=PLACE)], []]
    async with bench.bus.consumer(PUBLICATIONS, "matcher") as consumer:
        await consumer.poll(1, 0)
        bench.scripted.assignment = frozenset({1})
        await consumer.poll(1, 0)
        assert consumer.assignment == {1}
        assert bench.told == [(PROCESS, "PartitionLostError")]


async def test_a_record_that_comes_again_and_one_that_is_left_behind_were_not_done() -> None:
    bench = Bench()
    bench.scripted.batches = [[received(1, traceparent=PLACE)], [received(1, traceparent=PLACE)]]
    async with bench.bus.consumer(PUBLICATIONS, "matcher") as consumer:
        await consumer.poll(1, 0)
        await consumer.poll(1, 0)
        assert bench.told == [(PROCESS, "not_done")]
    assert bench.told == [(PROCESS, "not_done")] * 2


async def test_a_dead_letter_says_of_which_class_its_reason_is() -> None:
    bench = Bench()
    await bench.bus.dead_letter(PUBLICATIONS, received(1, traceparent=PLACE), InvalidInputError("wang@example.com"))
    assert bench.told == [("send city.zhitui.publications.v1.dlq", "InvalidInputError")]
    assert "wang" not in bench.ended[0].to_json()
