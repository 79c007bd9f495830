"""Does one errand."""

from typing import TYPE_CHECKING

import msgspec

from services.notifier.channels.port import Writes
from services.notifier.channels.registry import known_channel
from services.notifier.verification.proving import prove
from shared.errors import InvalidInputError, NotFoundError, RetryLaterError, ZhituiError
from shared.filing.errands import Errand, ErrandState, Task
from shared.logs import get_logger
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.notifier.channels.port import ChannelAdapter
    from shared.runtime.role import Surroundings

_log = get_logger("notifier")


async def do(around: "Surroundings", channels: "Mapping[Channel, ChannelAdapter]", errand: Errand) -> Errand | None:
    """Do an errand.

    Returns:
        It with its outcome; ``None`` when it is to be tried again: nobody waits for a mail to leave, but for a test message
        somebody does, who can ask anew.
    """
    try:
        if errand.task is Task.MAIL:
            return await _mail(channels, errand)
        return await _prove(around, channels, errand)
    except RetryLaterError as error:
        _log.warning("errand_delayed", errand=errand.id, task=errand.task.value, detail=str(error))
        if errand.task is Task.MAIL:
            return None
        return _over(errand, ErrandState.REFUSED, f"{error}。请过一会儿再试。")
    except ZhituiError as error:
        _log.warning("errand_refused", errand=errand.id, task=errand.task.value, detail=str(error))
        return _over(errand, ErrandState.REFUSED, str(error))
    except Exception:  # noqa: BLE001 - one errand that nobody thought of must not hold up those behind it
        _log.exception("errand_failed", errand=errand.id, task=errand.task.value)
        return _over(errand, ErrandState.REFUSED, "出了意外，没有发出。请把这个时间告诉信息中心的管理员。")


async def _mail(channels: "Mapping[Channel, ChannelAdapter]", errand: Errand) -> Errand:
    email = channels[Channel.EMAIL]
    if not isinstance(email, Writes):
        raise InvalidInputError("这个版本不能发邮件")
    await email.write(errand.address, errand.subject, errand.text, letter_id=errand.id)
    # What it said is of no use any more; a code least of all.
    return _over(msgspec.structs.replace(errand, address="", subject="", text=""), ErrandState.DONE, "")


async def _prove(around: "Surroundings", channels: "Mapping[Channel, ChannelAdapter]", errand: Errand) -> Errand:
    destination = await around.store.destinations.get(errand.destination_id)
    if destination is None:
        raise NotFoundError("目的地已删除")
    proved = await prove(around, channels[known_channel(destination.channel)], destination)
    done = msgspec.structs.replace(errand, proven=proved.is_proven)
    return _over(done, ErrandState.DONE, proved.note)


def _over(errand: Errand, state: ErrandState, outcome: str) -> Errand:
    return msgspec.structs.replace(errand, state=state, outcome=outcome)
