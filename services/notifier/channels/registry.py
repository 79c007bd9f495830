"""The channels this version has; a new one is one module, one line here, one golden and one section in docs/channels.md."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.notifier.channels.dingtalk import DingtalkChannel
from services.notifier.channels.email import EmailChannel
from services.notifier.channels.feed import FeedChannel
from services.notifier.channels.feishu import FeishuChannel
from services.notifier.channels.port import Means
from services.notifier.channels.webhook import WebhookChannel
from services.notifier.channels.wechat_service import WechatServiceChannel
from services.notifier.channels.wecom_app import WecomAppChannel
from services.notifier.channels.wecom_robot import WecomRobotChannel
from shared.clock import SystemClock
from shared.errors import InvalidInputError
from shared.filing.wecom_corps import WECOM_CORPS
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from services.notifier.channels.port import ChannelAdapter
    from shared.clock import Clock
    from shared.filing.wecom_corps import WecomCorp
    from shared.runtime.role import Surroundings
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.coordination import Idempotency
    from shared.store.filed import Shelf

CHANNELS: "Mapping[Channel, Callable[[Means], ChannelAdapter]]" = {
    Channel.EMAIL: EmailChannel,
    Channel.WECOM_ROBOT: WecomRobotChannel,
    Channel.WECOM_APP: WecomAppChannel,
    Channel.WECHAT_SERVICE: WechatServiceChannel,
    Channel.WEBHOOK: WebhookChannel,
    Channel.FEED: FeedChannel,
    Channel.DINGTALK: DingtalkChannel,
    Channel.FEISHU: FeishuChannel,
}


@asynccontextmanager
async def open_channels(
    settings: "Settings",
    clock: "Clock | None" = None,
    *,
    idempotency: "Idempotency | None" = None,
    secrets: "SecretBox | None" = None,
    corps: "Shelf[WecomCorp] | None" = None,
) -> "AsyncIterator[dict[Channel, ChannelAdapter]]":
    """Give an adapter for every channel; their connections are closed at the end. See `Means` for what they are built from."""
    means = Means(
        settings=settings, clock=clock or SystemClock(), idempotency=idempotency, secrets=secrets, corps=corps
    )
    channels = {name: make(means) for name, make in CHANNELS.items()}
    try:
        yield channels
    finally:
        for channel in channels.values():
            await channel.close()


def channels_of(around: "Surroundings") -> "AbstractAsyncContextManager[dict[Channel, ChannelAdapter]]":
    """Give the adapters of an installation, with all that they may be built from; see `open_channels`."""
    return open_channels(
        around.settings,
        around.clock,
        idempotency=around.store.idempotency,
        secrets=around.secrets,
        corps=around.store.shelf(WECOM_CORPS),
    )


def known_channel(text: str) -> Channel:
    """Return the channel of this name.

    Raises:
        InvalidInputError: there is none, or not in this version.
    """
    have = "、".join(CHANNELS)
    try:
        channel = Channel(text)
    except ValueError:
        raise InvalidInputError(f"没有名为“{text}”的推送渠道。可以用：{have}。") from None
    if channel not in CHANNELS:
        raise InvalidInputError(f"这个版本还没有“{channel}”渠道。现在可以用：{have}。")
    return channel
