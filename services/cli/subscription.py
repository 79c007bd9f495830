"""``zhitui subscription``: which profiles are told to which destinations, and when."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, say, table
from shared.wire.subscription import DEFAULT_EVENTS, FamilyAlerts

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings
    from shared.wire.subscription import Subscription

Id = Annotated[str, typer.Argument(help="订阅的 id，自己取，例如 daily-battery。", metavar="ID")]
AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


def register(app: typer.Typer) -> None:
    """Add ``subscription``."""
    commands = typer.Typer(no_args_is_help=True, help="订阅：哪些画像推送到哪些目的地，什么时候推。")
    app.add_typer(commands, name="subscription")
    commands.command()(add)
    commands.command(name="list")(list_all)
    commands.command()(show)
    commands.command()(pause)
    commands.command()(resume)
    commands.command()(remove)


def add(
    subscription_id: Id,
    profiles: Annotated[list[str], typer.Option("--profile", help="订阅画像的 id，可重复。", metavar="ID")],
    destinations: Annotated[list[str], typer.Option("--destination", help="目的地的 id，可重复。", metavar="ID")],
    *,
    schedule: Annotated[
        str,
        typer.Option(
            help="什么时候推：immediate、hourly、daily@HH:MM 或 weekly@mon-HH:MM（本地时间）。", metavar="WHEN"
        ),
    ] = "immediate",
    quiet: Annotated[
        str | None, typer.Option(help="免打扰时段，例如 22:00-08:00；其间到的留到结束再推。", metavar="HH:MM-HH:MM")
    ] = None,
    cap: Annotated[
        int | None, typer.Option(min=1, help="每次最多推多少件，按得分取前面的，其余只报件数。", metavar="N")
    ] = None,
    workdays: Annotated[
        bool,
        typer.Option(
            "--workdays", help="只在工作日推：周末和法定节假日不推，调休上班的日子照推；其间到的留到下一个工作日。"
        ),
    ] = False,
    events: Annotated[
        str,
        typer.Option(
            help="推送哪些事项，逗号分隔：publication 公开、grant 授权、transfer 转让、licence 许可、pledge 质押、lapse 终止……；all 为全部。",
            metavar="EVENT,…",
        ),
    ] = "publication,grant",
    corrections: Annotated[
        bool, typer.Option("--corrections", help="已推送的公开有更正时，再推一条【更正】。")
    ] = False,
    family: Annotated[
        FamilyAlerts, typer.Option(help="同族（同一申请、双报、简单同族）：once 只推一次，each 每件都推。")
    ] = FamilyAlerts.ONCE,
    heartbeat: Annotated[
        bool, typer.Option("--heartbeat", help="一个月没有任何推送时，说一声“一直在看，没有新的”，每月最多一次。")
    ] = False,
) -> None:
    """增加一个订阅，同 id 的会被替换。"""
    from services.cli.session import in_session

    saved = in_session(
        lambda around: save(
            around,
            subscription_id,
            tuple(dict.fromkeys(profiles)),
            tuple(dict.fromkeys(destinations)),
            schedule=schedule,
            quiet=quiet,
            cap=cap,
            workdays=workdays,
            events=tuple(dict.fromkeys(filter(None, map(str.strip, events.split(","))))),
            corrections=corrections,
            family=family,
            heartbeat=heartbeat,
        )
    )
    typer.echo(saved.id)


async def save(
    around: "Surroundings",
    subscription_id: str,
    profiles: tuple[str, ...],
    destinations: tuple[str, ...],
    *,
    schedule: str,
    quiet: str | None,
    cap: int | None,
    workdays: bool = False,
    events: tuple[str, ...] = DEFAULT_EVENTS,
    corrections: bool = False,
    family: FamilyAlerts = FamilyAlerts.ONCE,
    heartbeat: bool = False,
) -> "Subscription":
    """Check a subscription and store it; what people opted out of, and whether it is paused, stays.

    Raises:
        InvalidInputError: a part of it is wrong.
        NotFoundError: it names what is not there.
        RetryLaterError: somebody else changes it just now.
    """
    from services.cli.meanwhile import changed_meanwhile
    from shared.errors import InvalidInputError, NotFoundError
    from shared.schedule import parse_quiet, parse_schedule
    from shared.wire.subscription import DestinationState, Subscription
    from shared.wording.happenings import check_events

    parse_schedule(schedule)
    parse_quiet(quiet)
    check_events(events)
    store = around.store
    missing = [profile for profile in profiles if await store.profiles.get(profile) is None]
    if missing:
        raise NotFoundError(f"没有这些订阅画像：{'、'.join(missing)}。先用 zhitui profile add 增加。")
    found = [(destination, await store.destinations.get(destination)) for destination in destinations]
    absent = [name for name, destination in found if destination is None]
    if absent:
        raise NotFoundError(f"没有这些目的地：{'、'.join(absent)}。先用 zhitui destination add 登记。")
    before = await store.subscriptions.get(subscription_id)
    try:
        subscription = Subscription(
            id=subscription_id,
            profiles=profiles,
            destinations=destinations,
            schedule=schedule,
            quiet=quiet,
            cap=cap,
            workdays=workdays,
            events=events,
            corrections=corrections,
            family=family,
            heartbeat=heartbeat,
            paused=before.paused if before else False,
            opted_out=before.opted_out if before else (),
            created_at=before.created_at if before else around.clock.now(),
        )
    except ValueError as error:
        raise InvalidInputError(f"订阅的 id 不行：1 到 128 个字符，不能有空格（{error}）") from error
    if not await store.subscriptions.replace(before, subscription):
        raise changed_meanwhile(f"订阅 {subscription_id}")
    for name, destination in found:
        if destination is not None and destination.state is not DestinationState.ACTIVE:
            say(f"提醒：目的地 {name} 还不能推送，提醒会先留着。请运行 zhitui destination test {name}。")
        if name in subscription.opted_out:
            say(f"提醒：目的地 {name} 的收件人已退订这个订阅，不会再推送给它。")
    return subscription


def list_all(*, as_json: AsJson = False) -> None:
    """列出全部订阅。"""
    from services.cli.session import in_session

    subscriptions = in_session(lambda around: around.store.subscriptions.all())
    if as_json:
        json_lines(subscriptions)
        return
    rows = [
        (
            s.id,
            "、".join(s.profiles),
            "、".join(s.destinations),
            s.schedule + ("（工作日）" if s.workdays else "") + ("（每月提示）" if s.heartbeat else ""),
            s.quiet,
            s.cap,
            "已暂停" if s.paused else "",
            "、".join(s.opted_out),
        )
        for s in subscriptions
    ]
    table(
        "订阅",
        ("id", "画像", "目的地", "时间", "免打扰", "上限", "状态", "已退订"),
        rows,
        empty="还没有订阅。用 zhitui subscription add 增加。",
    )


def show(subscription_id: Id, *, as_json: AsJson = False) -> None:
    """显示一个订阅。"""
    import msgspec

    from services.cli.session import in_session

    subscription = in_session(lambda around: find(around, subscription_id))
    if as_json:
        json_lines([subscription])
    else:
        typer.echo(msgspec.json.format(msgspec.json.encode(subscription), indent=2).decode())


def pause(subscription_id: Id) -> None:
    """暂停一个订阅；其间的提醒留着，恢复后一起推。"""
    _set_paused(subscription_id, paused=True)
    say(f"已暂停 {subscription_id}。恢复：zhitui subscription resume {subscription_id}")


def resume(subscription_id: Id) -> None:
    """恢复一个暂停的订阅。"""
    _set_paused(subscription_id, paused=False)
    say(f"已恢复 {subscription_id}。")


def remove(subscription_id: Id) -> None:
    """删除一个订阅；还没发的提醒不再发。"""
    from services.cli.session import in_session
    from shared.errors import NotFoundError

    if not in_session(lambda around: around.store.subscriptions.remove(subscription_id)):
        raise NotFoundError(_none(subscription_id))
    say(f"已删除订阅 {subscription_id}。")


async def find(around: "Surroundings", subscription_id: str) -> "Subscription":
    """Return a subscription, or say that there is none."""
    from shared.errors import NotFoundError

    subscription = await around.store.subscriptions.get(subscription_id)
    if subscription is None:
        raise NotFoundError(_none(subscription_id))
    return subscription


def _set_paused(subscription_id: str, *, paused: bool) -> None:
    import msgspec

    from services.cli.meanwhile import changed_meanwhile
    from services.cli.session import in_session

    async def work(around: "Surroundings") -> None:
        before = await find(around, subscription_id)
        if not await around.store.subscriptions.replace(before, msgspec.structs.replace(before, paused=paused)):
            raise changed_meanwhile(f"订阅 {subscription_id}")

    in_session(work)


def _none(subscription_id: str) -> str:
    return f"没有 id 为“{subscription_id}”的订阅；zhitui subscription list 列出全部"
