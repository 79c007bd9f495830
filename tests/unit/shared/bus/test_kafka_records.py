"""Records as Kafka carries them, and batches that the library cannot read."""

from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.structs import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.dead_letters import dead_letter_of
from shared.bus.kafka.garbled import records_in
from shared.bus.kafka.records import raw_of, received_of
from shared.bus.port import Record
from shared.errors import InvalidInputError

PLACE = TopicPartition("city.t.v1", 3)
Fields = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]

fields = st.tuples(
    st.none() | st.binary(max_size=20),
    st.none() | st.binary(max_size=300),
    st.lists(st.tuples(st.text(max_size=5), st.none() | st.binary(max_size=9)), max_size=3),
)


def came(
    key: bytes | None, value: bytes | None = b"v", headers: object = ()
) -> "ConsumerRecord[bytes | None, bytes | None]":
    return ConsumerRecord("city.t.v1", 3, 17, 1_700_000_000_123, 1, key, value, None, 0, 0, headers)  # type: ignore[arg-type]


def test_a_record_goes_there_and_back() -> None:
    record = Record(key="键", value=b"\x00\xff", headers={"h": "值"})
    raw = raw_of(record)
    back = received_of("t.v1", came(raw.key, raw.value, raw.headers))
    assert (back.key, back.value, back.headers) == (record.key, record.value, record.headers)
    assert (back.topic, back.partition, back.offset) == ("t.v1", 3, 17)
    assert back.appended_at == datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)


@given(key=st.none() | st.binary(max_size=12))
def test_a_dead_letter_has_the_key_that_came_byte_for_byte(key: bytes | None) -> None:
    received = received_of("t.v1", came(key))
    received.key.encode()  # it can be logged and stored
    letter = raw_of(dead_letter_of(received, InvalidInputError("读不懂")))
    assert (letter.key, letter.value) == (key, b"v")


def batch(rows: list[Fields], compression: int) -> bytes:
    builder = DefaultRecordBatchBuilder(2, compression, 0, -1, -1, -1, 10_000_000)
    for offset, (key, value, headers) in enumerate(rows):
        assert builder.append(offset, 1_000 + offset, key=key, value=value, headers=headers) is not None
    return bytes(builder.build())


@pytest.mark.parametrize("compression", range(5))
@given(first=st.lists(fields, min_size=1, max_size=20), second=st.lists(fields, min_size=1, max_size=5))
def test_batches_are_read_as_they_were_written(compression: int, first: list[Fields], second: list[Fields]) -> None:
    answer = batch(first, compression) + batch(second, compression)
    read = list(records_in(PLACE, answer + answer[:30], 0))
    assert [(r.key, r.value, list(r.headers)) for r in read] == first + second
    assert [r.timestamp for r in read] == [*range(1_000, 1_000 + len(first)), *range(1_000, 1_000 + len(second))]
    assert [r.offset for r in records_in(PLACE, batch(first, compression), 2)] == list(range(2, len(first)))


def test_an_older_format_is_refused_rather_than_misread() -> None:
    old = bytearray(batch([(b"k", b"v", [])], 0))
    old[16] = 1
    with pytest.raises(ValueError, match="version 1"):
        list(records_in(PLACE, bytes(old), 0))
