"""Whether messages reach a destination: its consent is asked for where that is due, else a test message is sent."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.notifier.verification.asking import ask, is_asked
from shared.destination_changes import activated
from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from services.notifier.channels.port import ChannelAdapter
    from shared.runtime.role import Surroundings
    from shared.wire.subscription import Destination


@dataclass(frozen=True, slots=True)
class Proved:
    """What came of it.

    Attributes:
        is_proven: alerts may go there; else a code is on its way, and somebody must type it.
        note: who does not get the message and what to do, for people; ``""``: everybody does.
    """

    is_proven: bool
    note: str = ""


async def prove(around: "Surroundings", channel: "ChannelAdapter", destination: "Destination") -> Proved:
    """Send one message, and let alerts go there if that proves enough.

    Raises:
        InvalidInputError: it was asked too often; it did not answer as it must; or it was replaced or removed meanwhile.
        ZhituiError: the message cannot be sent; nothing is changed.
    """
    note = ""
    if is_asked(channel, destination):
        if not await ask(around, channel, destination):
            return Proved(is_proven=False)
    else:
        receipt = await channel.send_test(destination, around.clock.now().astimezone(around.settings.zone))
        note = receipt.note if receipt is not None else ""
    if await activated(around.store.destinations, destination) is None:
        raise InvalidInputError(f"测试时，目的地 {destination.id} 的地址或选项被改了，或者它被删除了。请再测一次。")
    return Proved(is_proven=True, note=note)
