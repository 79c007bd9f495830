"""What services see of tracing, and what they see when it is off."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

from shared.tracing.carry import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.bus.port import Bus
    from shared.errors import Reason
    from shared.store.records import Alert, Delivery, DeliveryState


class AcceptedBatch(Protocol):
    """A batch that ingest makes safe; its spans end with it."""

    def headers(self, publication_number: str) -> "Mapping[str, str]":
        """Begin a publication's trace, and return the headers for its record; empty when it is not sampled."""
        ...


class AttemptSpan(Protocol):
    """One call of a vendor."""

    def ended(self, state: "DeliveryState", reason: "Reason | None") -> None:
        """Say how it ended. An attempt of which nobody says so was not made, and is not told."""
        ...


class Tracing(Protocol):
    """Makes spans. None of its methods waits, does IO or raises."""

    def on_bus(self, bus: "Bus") -> "Bus":
        """Return the bus with every hand-over of a traced record told."""
        ...

    def accepting(self, source: str) -> AbstractContextManager[AcceptedBatch]:
        """Trace a batch from here until it is safe.

        Args:
            source: kind of source (``watch-folder``).
        """
        ...

    def planned(self, deliveries: "tuple[Delivery, ...]", alerts: "Sequence[Alert]") -> "tuple[Delivery, ...]":
        """Return the deliveries, each with its place in a trace where one of its alerts has one."""
        ...

    def attempting(self, delivery: "Delivery") -> AbstractContextManager[AttemptSpan]:
        """Trace one attempt; log events in between carry ``trace_id`` and ``span_id``."""
        ...


class _Nothing:
    """A batch and an attempt of which nobody makes a trace."""

    @staticmethod
    def headers(_publication_number: str) -> "Mapping[str, str]":
        return NOWHERE

    def ended(self, state: "DeliveryState", reason: "Reason | None") -> None:
        pass


NOTHING = _Nothing()
_NOTHING_AROUND = nullcontext(NOTHING)


class TracingOff:
    """Does nothing."""

    def on_bus(self, bus: "Bus") -> "Bus":
        """Return the bus itself."""
        return bus

    def accepting(self, source: str) -> AbstractContextManager[AcceptedBatch]:  # noqa: ARG002 - see the port
        """Begin no trace."""
        return _NOTHING_AROUND

    def planned(self, deliveries: "tuple[Delivery, ...]", alerts: "Sequence[Alert]") -> "tuple[Delivery, ...]":  # noqa: ARG002 - see the port
        """Return the deliveries themselves."""
        return deliveries

    def attempting(self, delivery: "Delivery") -> AbstractContextManager[AttemptSpan]:  # noqa: ARG002 - see the port
        """Trace nothing."""
        return _NOTHING_AROUND


OFF = TracingOff()
