"""``zhitui quarantine``: what could not be read; look at it, take it out, read it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.ingest.replay import Replayed
    from shared.runtime.role import Surroundings
    from shared.store.records import QuarantineItem

_AsJson = Annotated[bool, typer.Option("--json", help="以 JSON Lines 输出")]
_Id = Annotated[str, typer.Argument(help="隔离编号，见 zhitui quarantine list", metavar="ID")]

_SHOWN_BYTES = 2000


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="隔离区：读不了的记录和文件，原样保存，可查看、导出、重放。")
    app.add_typer(group, name="quarantine")
    group.command("list", help="列出隔离的内容，新的在前。")(_list)
    group.command("show", help="显示一条：原因、出处和原文开头。")(_show)
    group.command("export", help="把原文逐字节写到文件。")(_export)
    group.command("replay", help="重新读取；读通的进入系统并标为已重放。")(_replay)


def _list(
    reason: Annotated[str | None, typer.Option("--reason", help="只列这个原因代码")] = None,
    everything: Annotated[bool, typer.Option("--all", help="包括已重放的")] = False,
    limit: Annotated[int, typer.Option(help="最多列多少条", min=1)] = 100,
    as_json: _AsJson = False,
) -> None:
    from services.cli.output import json_lines, table
    from services.cli.session import in_session

    items = in_session(
        lambda around: around.store.quarantine.recent(reason_code=reason, waiting_only=not everything, limit=limit)
    )
    if as_json:
        json_lines(items)
        return
    rows = [(one.id, one.name, one.location, one.reason_code, one.reason) for one in items]
    table("隔离区", ("编号", "来自", "位置", "代码", "原因"), rows, empty="隔离区是空的。")


def _show(item_id: _Id, as_json: _AsJson = False) -> None:
    from services.cli.output import json_lines
    from services.cli.session import in_session

    item, raw = in_session(lambda around: _load(around, item_id))
    if as_json:
        json_lines([item])
        return
    encoding = item.context.get("encoding", "utf-8")
    typer.echo(
        f"编号　{item.id}\n来自　{item.name} {item.location}（{item.source}）\n原因　{item.reason}（{item.reason_code}）"
    )
    typer.echo(f"大小　{item.size_bytes} 字节　隔离于 {item.quarantined_at:%Y-%m-%d %H:%M:%S} UTC")
    typer.echo(f"重放　{'尚未' if item.replayed_at is None else format(item.replayed_at, '%Y-%m-%d %H:%M:%S UTC')}")
    typer.echo(f"原文　{raw.decode(encoding, 'backslashreplace')}{'……' if item.size_bytes > len(raw) else ''}")


def _export(
    item_id: _Id,
    out: Annotated[Path, typer.Option("--out", "-o", help="写到哪个文件", metavar="FILE")],
) -> None:
    from services.cli.output import say
    from services.cli.session import in_session
    from shared.errors import MisconfiguredError

    async def export(around: "Surroundings") -> int:
        import shutil

        async with around.store.quarantine.open(item_id) as path:
            try:
                shutil.copyfile(path, out)
            except OSError as error:
                raise MisconfiguredError(f"不能写 {out}：{error.strerror or error}。请换一个路径。") from error
            return path.stat().st_size

    say(f"已把 {in_session(export)} 字节写到 {out}")


def _replay(
    item_ids: Annotated[list[str] | None, typer.Argument(help="隔离编号，可以多个", metavar="[ID…]")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="重放这个原因代码的全部", metavar="CODE")] = None,
    everything: Annotated[bool, typer.Option("--all", help="重放全部")] = False,
    as_json: _AsJson = False,
) -> None:
    from services.cli.output import json_lines, say, table
    from services.cli.session import in_session

    if not (item_ids or reason or everything):
        raise typer.BadParameter("请给出隔离编号，或用 --reason CODE、--all。")
    done = in_session(lambda around: _replay_all(around, item_ids or [], reason))
    if as_json:
        json_lines([{"id": one.item_id, "run": one.run, "problem": one.problem} for one in done])
    else:
        rows = [(one.item_id, one.run.name, "仍在隔离区" if one.problem else "已读通", _note(one)) for one in done]
        table("重放结果", ("编号", "来自", "结果", "原因"), rows, empty="没有等待重放的内容。")
        say(f"读通 {sum(one.problem is None for one in done)} 条，共 {len(done)} 条")
    raise typer.Exit(0 if all(one.problem is None for one in done) else 1)


def _note(one: "Replayed") -> str:
    if one.problem:
        return one.problem
    return f"其中 {one.run.rejected} 条仍被拒绝，已各自放入隔离区" if one.run.rejected else ""


async def _load(around: "Surroundings", item_id: str) -> "tuple[QuarantineItem, bytes]":
    from shared.errors import NotFoundError

    item = await around.store.quarantine.get(item_id)
    if item is None:
        raise NotFoundError(f"隔离区里没有 {item_id}；用 zhitui quarantine list 查看编号。")
    async with around.store.quarantine.open(item_id) as path:
        with path.open("rb") as file:
            return item, file.read(_SHOWN_BYTES)


async def _replay_all(around: "Surroundings", item_ids: list[str], reason: str | None) -> "list[Replayed]":
    from services.ingest.replay import replay
    from services.ingest.wiring import make_pipeline

    if item_ids:
        items = [(await _load(around, item_id))[0] for item_id in item_ids]
    else:
        items = await around.store.quarantine.recent(reason_code=reason, waiting_only=True, limit=1_000_000)
    pipeline = make_pipeline(around)
    return [await replay(item, store=around.store, pipeline=pipeline, clock=around.clock) for item in reversed(items)]
