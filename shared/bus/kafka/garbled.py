"""Reads record batches that aiokafka gives up on: those with header names that are no UTF-8, as clients in C can write them.

The format is Kafka's message format, version 2: a fixed head, then the records, compressed together, their numbers as
zigzag varints. Bytes of a name that are no text are shown by their number; everything else comes as it is.
"""

import struct
from typing import TYPE_CHECKING, NamedTuple

from aiokafka import codec
from aiokafka.structs import ConsumerRecord, TopicPartition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEAD = struct.Struct(">qiibIhiqqqhii")
_LENGTH_COUNTS_FROM = 12
"""Base offset and length itself are not counted."""

_COMPRESSION = 0x07
_BROKERS_TIME = 0x08
_CONTROL = 0x20
_NO_COMPRESSION = 0
_VERSION = 2
_MORE = 0x80

_DECODERS: "dict[int, Callable[[bytes], bytes]]" = {
    1: codec.gzip_decode,
    2: codec.snappy_decode,
    3: codec.lz4_decode,
    4: codec.zstd_decode,
}


class _Head(NamedTuple):
    base_offset: int
    length: int
    leader_epoch: int
    version: int
    checksum: int
    attributes: int
    last_offset_delta: int
    first_timestamp: int
    max_timestamp: int
    producer_id: int
    producer_epoch: int
    base_sequence: int
    records: int


def records_in(
    place: TopicPartition, answer: bytes, offset: int
) -> "Iterator[ConsumerRecord[bytes | None, bytes | None]]":
    """Read what a fetch brought, from this offset on; an incomplete batch at the end is left for the next fetch.

    Raises:
        ValueError: this is no batch of version 2.
    """
    begin = 0
    while begin + _HEAD.size <= len(answer):
        head = _Head(*_HEAD.unpack_from(answer, begin))
        end = begin + _LENGTH_COUNTS_FROM + head.length
        if end > len(answer):
            return
        if head.version != _VERSION:
            raise ValueError(f"record batch of version {head.version} at offset {head.base_offset}")
        if not head.attributes & _CONTROL:
            for record in _records(place, head, answer[begin + _HEAD.size : end]):
                if record.offset >= offset:
                    yield record
        begin = end


def _records(
    place: TopicPartition, head: _Head, packed: bytes
) -> "Iterator[ConsumerRecord[bytes | None, bytes | None]]":
    compression = head.attributes & _COMPRESSION
    cursor = _Cursor(packed if compression == _NO_COMPRESSION else _DECODERS[compression](packed))
    for _ in range(head.records):
        cursor.number()  # length of the record
        cursor.take(1)  # attributes, all unused
        timestamp = head.first_timestamp + cursor.number()
        if head.attributes & _BROKERS_TIME:
            timestamp = head.max_timestamp
        offset = head.base_offset + cursor.number()
        key, value = cursor.bytes(), cursor.bytes()
        headers = tuple(
            ((cursor.bytes() or b"").decode("utf-8", "backslashreplace"), cursor.bytes())
            for _ in range(cursor.number())
        )
        yield ConsumerRecord(
            place.topic,
            place.partition,
            offset,
            timestamp,
            int(bool(head.attributes & _BROKERS_TIME)),
            key,
            value,
            None,
            len(key or b""),
            len(value or b""),
            headers,  # type: ignore[arg-type]  # a value may be none, whatever the library says
        )


class _Cursor:
    """Goes through the bytes of records."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        """Return so many bytes and go on behind them."""
        taken = self._data[self._at : self._at + length]
        self._at += length
        return taken

    def number(self) -> int:
        """Return a signed number."""
        zigzag = shift = 0
        while True:
            (byte,) = self.take(1)
            zigzag |= (byte & ~_MORE) << shift
            if not byte & _MORE:
                return (zigzag >> 1) ^ -(zigzag & 1)
            shift += 7

    def bytes(self) -> "bytes | None":
        """Return bytes with their length before them; a negative length stands for none."""
        length = self.number()
        return None if length < 0 else self.take(length)
