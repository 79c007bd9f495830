"""What must be known of channels where nothing is sent: whether an address can work, and the keys that are made for it.

The notifier has the channels; the portal takes addresses from people. Services do not import each other, so the process
gives the portal an `Outlets` among its surroundings. What is to be sent, the portal files as an errand
(`shared.filing.errands`).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from shared.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.wire.subscription import Channel, Destination


@dataclass(frozen=True, slots=True)
class Prepared:
    """A destination with what its channel made for it.

    Attributes:
        told: what its owner must be told now and can never be told again, ``""`` for nothing; may hold a secret.
        keys: name → the values in it, for programs.
    """

    destination: "Destination"
    told: str = ""
    keys: "Mapping[str, str]" = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Prepared({self.destination!r})"


class Outlets(Protocol):
    """The channels, as far as they need no vendor."""

    def check(self, channel: "Channel", address: str, options: "Mapping[str, str]") -> str:
        """Return the address in its normal form.

        Raises:
            InvalidInputError: the address or an option cannot work; the sentence says what to write.
        """
        ...

    async def prepare(self, destination: "Destination", previous: "Destination | None") -> Prepared:
        """Complete a destination whose address was checked: refuse what leads inside the house, make its keys.

        Args:
            destination: as it was asked for.
            previous: what it replaces, on the same channel; what its owner was told of that stays valid if it can.

        Raises:
            InvalidInputError: the address cannot work.
        """
        ...

    async def rotate(self, destination: "Destination") -> Prepared:
        """Replace the secret of a destination.

        Raises:
            InvalidInputError: its channel has none that is made here.
        """
        ...


class NoOutlets:
    """What a process has that gave its roles none: whoever asks is told that it cannot be answered here."""

    def check(self, channel: "Channel", address: str, options: "Mapping[str, str]") -> str:
        """Refuse."""
        raise _none(channel, address, options)

    async def prepare(self, destination: "Destination", previous: "Destination | None") -> Prepared:
        """Refuse."""
        raise _none(destination, previous)

    async def rotate(self, destination: "Destination") -> Prepared:
        """Refuse."""
        raise _none(destination)


def _none(*_asked: object) -> MisconfiguredError:
    return MisconfiguredError("这个进程没有接通推送渠道，不能登记目的地。请用 zhitui up 或 zhitui serve portal 启动。")


NO_OUTLETS = NoOutlets()
