"""Records as Kafka carries them, there and back. Whatever lies on a topic comes back as a `Received`; none stops a consumer."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from shared.bus.port import Received

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiokafka.structs import ConsumerRecord

    from shared.bus.port import Record

KEY_HEX = "original-key-hex"
"""Header of a record whose key is no UTF-8: its bytes. A record that had no key at all carries it empty."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Raw(NamedTuple):
    """What aiokafka takes."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


def raw_of(record: "Record") -> Raw:
    """Return a record's bytes; one that came back with a key that is no text gets that very key again."""
    key_hex = record.headers.get(KEY_HEX)
    key = record.key.encode() if key_hex is None else bytes.fromhex(key_hex) or None
    return Raw(key, record.value, [(name, text.encode()) for name, text in record.headers.items()])


def received_of(topic: str, record: "ConsumerRecord[bytes | None, bytes | None]") -> Received:
    """Return a record with its place. In keys and headers, bytes that are no UTF-8 are shown by their number.

    Args:
        topic: its name without the installation's prefix.
        record: what came.
    """
    headers = {name: "" if raw is None else _text(raw) for name, raw in _pairs(record)}
    key = "" if record.key is None else _text(record.key)
    if record.key is None or key.encode() != record.key:
        headers[KEY_HEX] = (record.key or b"").hex()
    return Received(
        topic=topic,
        partition=record.partition,
        offset=record.offset,
        key=key,
        value=record.value,
        headers=headers,
        appended_at=_EPOCH + record.timestamp * _MILLISECOND,
    )


def _pairs(record: "ConsumerRecord[bytes | None, bytes | None]") -> "Iterable[tuple[str, bytes | None]]":
    return record.headers


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
