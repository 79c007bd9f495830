"""``zhitui delivery retry``: what was given up is sent again, one by one or by the thousand."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.delivery_wanted import Selection, by_options
from services.cli.output import say
from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.runtime.role import Surroundings

_TOLD_EVERY = 500
_LISTED = 20


@by_options
def retry(
    ids: Annotated[list[str] | None, typer.Argument(help="推送记录的 id。", metavar="[ID…]")] = None,
    *,
    selection: Selection,
) -> None:
    """重新发送已放弃或待确认的推送：按 id，或按条件（不写 --state 时指已放弃的）。有一条不行时退出码为 1，其余照样重试。"""
    from services.cli.session import in_session

    if bool(ids) is not selection.is_everything:
        raise typer.BadParameter("请给出推送记录的 id，或用 --state dead、--channel、--since 等条件，两种只用一种。")
    if selection.state not in {None, DeliveryState.DEAD, DeliveryState.HELD}:
        raise typer.BadParameter("只有 dead（已放弃）和 held（待确认）的可以重试。")

    async def work(around: "Surroundings") -> tuple[int, list[str]]:
        wanted = selection.wanted(around.settings, state=DeliveryState.DEAD)
        chosen = ids or await around.store.deliveries.ids(wanted)
        return len(chosen), await put_back(around, chosen)

    count, refused = in_session(work)
    for line in refused[:_LISTED]:
        say(line)
    if len(refused) > _LISTED:
        say(f"……另外还有 {len(refused) - _LISTED} 条没有放回")
    if len(refused) < count:
        say(f"{count - len(refused)} 条已放回发送队列；推送角色运行时会马上再发。")
    if not count:
        say("没有这样的推送记录，不需要重试。")
    if refused:
        raise typer.Exit(1)


async def put_back(around: "Surroundings", ids: "Sequence[str]") -> list[str]:
    """Make deliveries due at once, and say how far it is; return why some were not, a sentence each.

    It can be broken off and done again: what was put back is neither dead nor held any more.
    """
    from shared.errors import InvalidInputError, NotFoundError

    refused = []
    for place, delivery_id in enumerate(ids, start=1):
        try:
            await around.store.deliveries.retry(delivery_id, now=around.clock.now())
        except NotFoundError:
            refused.append(f"{delivery_id}：没有这条推送记录")
        except InvalidInputError:
            refused.append(f"{delivery_id}：它没有被放弃，也不是待确认，不需要重试")
        if place % _TOLD_EVERY == 0:
            say(f"已处理 {place:,}/{len(ids):,} 条……")
    return refused
