"""How a record that cannot be processed is kept, on every backend alike."""

from typing import TYPE_CHECKING

from shared.bus.port import Record

if TYPE_CHECKING:
    from shared.bus.port import Received


def dead_letter_of(received: "Received", error: Exception) -> Record:
    """Return the whole record again, with headers that say where it came from and why."""
    headers = {
        **received.headers,
        "original-topic": received.topic,
        "original-partition": str(received.partition),
        "original-offset": str(received.offset),
        "error-class": type(error).__name__,
        "error-text": str(error),
    }
    return Record(key=received.key, value=received.value, headers=headers)
