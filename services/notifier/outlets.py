"""The channels' answers to whoever takes addresses from people: the command line and, handed in by the process, the portal."""

from typing import TYPE_CHECKING

from services.notifier.channels.port import MakesKeys, Means
from services.notifier.channels.registry import CHANNELS, known_channel
from shared.errors import InvalidInputError
from shared.outlets import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.notifier.channels.port import ChannelAdapter
    from shared.clock import Clock
    from shared.settings import Settings
    from shared.wire.subscription import Channel, Destination


class ChannelOutlets:
    """See `shared.outlets.Outlets`. Adapters are made when they are asked for: nothing is opened before something is sent."""

    def __init__(self, settings: "Settings", clock: "Clock") -> None:
        self._means = Means(settings=settings, clock=clock)

    def check(self, channel: "Channel", address: str, options: "Mapping[str, str]") -> str:
        """Return the address in its normal form."""
        return self._adapter(channel).check(address, options)

    async def prepare(self, destination: "Destination", previous: "Destination | None") -> Prepared:
        """Complete a destination, where its channel has something to add."""
        adapter = self._adapter(destination.channel)
        if not isinstance(adapter, MakesKeys):
            return Prepared(destination)
        return await adapter.prepare(
            destination, previous if previous and previous.channel == destination.channel else None
        )

    async def rotate(self, destination: "Destination") -> Prepared:
        """Replace the secret of a destination."""
        adapter = self._adapter(destination.channel)
        if not isinstance(adapter, MakesKeys):
            raise InvalidInputError(
                f"{destination.channel} 的密钥由对方管理，知推换不了。请在对方那里换好，再重新登记（zhitui destination add）。"
            )
        return await adapter.rotate(destination)

    def _adapter(self, channel: "Channel") -> "ChannelAdapter":
        return CHANNELS[known_channel(channel)](self._means)
