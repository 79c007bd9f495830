"""``zhitui dead-letter``: records of the bus that could not be processed; read again after an upgrade."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shared.bus.parked import Replayed
    from shared.runtime.role import Surroundings


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="内部消息里处理不了的：多半由更新的版本写入，升级以后可以重放。")
    app.add_typer(group, name="dead-letter")
    group.command("list", help="每个主题有多少条。")(_list)
    group.command("replay", help="升级以后运行：这个版本读得懂的，放回原来的主题，接着处理。")(_replay)


_AsJson = Annotated[bool, typer.Option("--json", help="以 JSON Lines 输出")]


def _list(as_json: _AsJson = False) -> None:
    from services.cli.output import json_lines, table
    from services.cli.session import in_session

    counts = in_session(_count)
    if as_json:
        json_lines([{"topic": name, "count": count} for name, count in counts.items()])
        return
    rows = [(name, str(count)) for name, count in counts.items() if count]
    table("处理不了的内部消息", ("主题", "条数"), rows, empty="没有处理不了的内部消息。")


def _replay(as_json: _AsJson = False) -> None:
    from services.cli.output import json_lines, table
    from services.cli.session import in_session

    replayed = in_session(_replay_all)
    if as_json:
        json_lines([{"topic": name, "again": r.again, "done": r.done, "left": r.left} for name, r in replayed.items()])
    else:
        rows = [
            (name, str(r.again), str(r.done), str(r.left))
            for name, r in replayed.items()
            if r.again or r.done or r.left
        ]
        titles = ("主题", "已放回，会接着处理", "不必放回", "仍读不懂")
        table("重放结果", titles, rows, empty="没有处理不了的内部消息。")
    raise typer.Exit(1 if any(r.left for r in replayed.values()) else 0)


async def _count(around: "Surroundings") -> dict[str, int]:
    from shared.bus.lags import OPERATOR_GROUP
    from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS

    return {
        topic.name: await around.bus.lag(topic.dead_letters, OPERATOR_GROUP)
        for topic in (PUBLICATIONS, PROFILES, MATCHES)
    }


async def _replay_all(around: "Surroundings") -> "dict[str, Replayed]":
    from shared.bus.parked import replay_dead_letters
    from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS

    return {topic.name: await replay_dead_letters(around.bus, topic) for topic in (PUBLICATIONS, PROFILES, MATCHES)}
