"""The note that nothing is new, as people read it."""

from typing import TYPE_CHECKING

from services.notifier.channels.port import Says, Writes
from services.notifier.templates.around import NO_LINK
from shared.errors import Reason, RefusedMessageError

if TYPE_CHECKING:
    from services.notifier.channels.port import ChannelAdapter, Frame, Message

SUBJECT = "知推：一直在看，最近一个月没有新的命中"


async def send_note(channel: "ChannelAdapter", message: "Message") -> None:
    """Send it: as a letter with a subject where there are such, else as a sentence. Raises as the channel's `send` does."""
    text = sentence(message.frame)
    if isinstance(channel, Writes):
        await channel.write(message.destination.address, SUBJECT, text, letter_id=message.id)
    elif isinstance(channel, Says):
        await channel.say(message.destination, text)
    else:
        raise RefusedMessageError(f"渠道 {channel.name} 不发这种提示", reason=Reason.CONFIGURATION)


def sentence(frame: "Frame") -> str:
    """Return what it says."""
    leave = f"不想再收到：{frame.unsubscribe_url}" if frame.unsubscribe_url else NO_LINK
    return (
        f"知推一直在看：订阅“{frame.called}”最近一个月没有新的命中，不用处理。"
        f"如果觉得太少，可以放宽订阅画像。这样的提示每月最多一次。{leave}"
    )
