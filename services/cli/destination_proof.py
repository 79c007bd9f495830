"""``zhitui destination test``, ``verify`` and ``enable``: whether alerts may go to a destination."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import say

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings

Id = Annotated[str, typer.Argument(help="目的地的 id。", metavar="ID")]


def test(destination_id: Id) -> None:
    """发一条测试消息。还没验证的邮箱和群，发的是验证码；webhook 当场回答就算验证。"""
    from services.cli.session import in_session

    for line in in_session(lambda around: prove(around, destination_id)):
        say(line)


def verify(
    destination_id: Id, code: Annotated[str, typer.Argument(help="对方收到的验证码，一小时内有效。", metavar="CODE")]
) -> None:
    """填写对方收到的验证码；对了就开始推送。"""
    from services.cli.destination import find
    from services.cli.session import in_session
    from shared.consent import accept
    from shared.errors import InvalidInputError

    async def work(around: "Surroundings") -> bool:
        return await accept(around, await find(around, destination_id), code)

    if not in_session(work):
        raise InvalidInputError(
            f"验证码不对，或已过期。请核对，或运行 zhitui destination test {destination_id} 再发一个。"
        )
    say(f"目的地 {destination_id} 验证通过，可用了。")


def enable(destination_id: Id) -> None:
    """重新启用被停用的目的地；等在那里的推送马上再发。"""
    from services.cli.session import in_session

    in_session(lambda around: switch_on(around, destination_id))
    say(f"目的地 {destination_id} 已启用。")


async def prove(around: "Surroundings", destination_id: str) -> list[str]:
    """Send a test message, or ask for consent where that is due; a failure raises and changes nothing.

    Returns:
        What came of it, for people.
    """
    from services.cli.destination import find
    from services.notifier.channels.registry import channels_of, known_channel
    from services.notifier.verification.proving import prove as prove_by

    destination = await find(around, destination_id)
    async with channels_of(around) as channels:
        proved = await prove_by(around, channels[known_channel(destination.channel)], destination)
    if not proved.is_proven:
        return [
            f"验证码已发出。请向收到的人要来，再运行 zhitui destination verify {destination_id} 验证码；之后才开始推送。"
        ]
    told = f"测试消息已发出，目的地 {destination_id} 可用了。请到收件的一端看一眼。"
    return [told, f"注意：{proved.note}。"] if proved.note else [told]


async def switch_on(around: "Surroundings", destination_id: str) -> None:
    """Let alerts go to a destination that was disabled.

    Raises:
        InvalidInputError: it was never verified.
        RetryLaterError: somebody else gives it another address just now.
    """
    from services.cli.destination import find
    from services.cli.meanwhile import changed_meanwhile
    from shared.destination_changes import activated
    from shared.errors import InvalidInputError
    from shared.wire.subscription import DestinationState

    destination = await find(around, destination_id)
    if destination.state is DestinationState.UNVERIFIED:
        raise InvalidInputError(f"目的地 {destination_id} 还没验证。请运行 zhitui destination test {destination_id}。")
    if await activated(around.store.destinations, destination) is None:
        raise changed_meanwhile(f"目的地 {destination_id}")
