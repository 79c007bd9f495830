"""How large a record may be, on every backend alike."""

from typing import TYPE_CHECKING

from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.bus.port import Record

MAX_RECORD_BYTES = 8 * 1024 * 1024
"""Key, value and headers together."""


def size_of(record: "Record") -> int:
    """Return the bytes of key, value and headers."""
    headers = sum(len(name.encode()) + len(value.encode()) for name, value in record.headers.items())
    return len(record.key.encode()) + len(record.value or b"") + headers


def check_sizes(records: "Iterable[Record]", limit_bytes: int = MAX_RECORD_BYTES) -> None:
    """Refuse records of which one is too large.

    Raises:
        InvalidInputError: one is; it names it.
    """
    for record in records:
        size = size_of(record)
        if size > limit_bytes:
            raise InvalidInputError(
                f"记录 {record.key} 有 {size} 字节，超过总线单条上限 {limit_bytes} 字节；请拆小后再试。"
            )
