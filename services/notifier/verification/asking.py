"""Asks the other end of a destination for its consent, seldom enough that nobody can be pestered through us."""

import hashlib
from typing import TYPE_CHECKING

from services.notifier.channels.port import Asks, Challenges
from shared.consent import count_in_hour
from shared.errors import InvalidInputError
from shared.verification import Verifier
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from services.notifier.channels.port import ChannelAdapter
    from shared.runtime.role import Surroundings
    from shared.wire.subscription import Destination

ASKED = {"destination": 3, "address": 3, "all": 60}
"""Messages an hour: to one destination, to one address whatever the destinations are called, and by the installation."""


def is_asked(channel: "ChannelAdapter", destination: "Destination") -> bool:
    """Whether the other end must consent: it was not verified yet, and may be anybody's."""
    return destination.state is DestinationState.UNVERIFIED and isinstance(channel, Asks | Challenges)


async def ask(around: "Surroundings", channel: "ChannelAdapter", destination: "Destination") -> bool:
    """Send a code; return whether the other end answered with it, so that nobody need type it.

    Raises:
        InvalidInputError: it was asked too often; or it did not answer as it must.
        ZhituiError: the message cannot be sent.
    """
    address = hashlib.sha256(f"{destination.channel}\n{destination.address}".encode()).hexdigest()[:16]
    lanes = {"destination": destination.id, "address": address, "all": ""}
    for kind, name in lanes.items():
        await count_in_hour(around, f"verify-{kind}:{name}", ASKED[kind], "验证消息发得太多了")
    now, verifier = around.clock.now(), Verifier(around.secrets)
    code = verifier.code(destination, now)
    if isinstance(channel, Challenges):
        if not await channel.challenge(destination, code, now):
            raise InvalidInputError(
                "接收方没有按要求回答：收到 type 为 endpoint.verification 的请求时，请在回答的正文里原样写上 data.challenge。"
            )
        return True
    front_page = around.settings.front_page
    link = f"{front_page}u/confirm/{verifier.token(destination, now)}" if front_page else None
    if isinstance(channel, Asks):
        await channel.say(destination, sentence(code, link))
    return False


def sentence(code: str, link: str | None) -> str:
    """Return what the other end reads."""
    asked = "有人请知推把专利提醒发到这里。"
    if link:
        return (
            f"{asked}同意请打开 {link} 确认，或把验证码 {code} 告诉为您登记的人；一小时内有效。没有这回事，不用理会。"
        )
    return f"{asked}同意请把验证码 {code} 告诉为您登记的人，一小时内有效。没有这回事，不用理会。"
