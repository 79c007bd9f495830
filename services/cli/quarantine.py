"""``zhitui quarantine``: what could not be read; look at it, take it out, read it again, erase it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import quarantine_work
from services.cli.quarantine_wanted import AsJson, ItemId, ItemIds, Selection, by_options, chosen, load, refuse_both

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from shared.runtime.role import Surroundings
    from shared.store.quarantined import QuarantineItem

_HEAD_BYTES = 16 * 1024


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="隔离区：读不了的记录和文件，原样保存，可查看、导出、重放、清除。")
    app.add_typer(group, name="quarantine")
    group.command("list", help="列出隔离的内容，新的在前。")(_list)
    group.command("show", help="显示一条：原因、出处、次数和原文开头。")(_show)
    group.command("export", help="把原文逐字节写出：一条写到文件，多条连同清单写到文件夹或 zip。")(_export)
    quarantine_work.register(group)


@by_options
def _list(
    *,
    selection: Selection,
    everything: Annotated[bool, typer.Option("--all", help="包括已重放的")] = False,
    limit: Annotated[int, typer.Option(help="最多列多少条", min=1)] = 100,
    as_json: AsJson = False,
) -> None:
    from services.cli.output import json_lines, moment, table
    from services.cli.session import in_session
    from services.ingest.excerpt import readable

    async def find(around: "Surroundings") -> "tuple[list[QuarantineItem], ZoneInfo]":
        wanted = selection.wanted(around.settings, waiting=None if everything else True)
        found = []
        async for item in chosen(around, [], wanted, newest_first=True):
            found.append(item)
            if len(found) == limit:
                break
        return found, around.settings.zone

    items, zone = in_session(find)
    if as_json:
        json_lines(items)
        return
    rows = [
        (
            one.id,
            readable(one.name),
            readable(one.location),
            one.reason_code,
            one.count,
            moment(one.seen_at, zone),
            readable(one.reason),
        )
        for one in items
    ]
    table("隔离区", ("编号", "来自", "位置", "代码", "次数", "最近", "原因"), rows, empty="隔离区是空的。")


def _show(item_id: ItemId, as_json: AsJson = False) -> None:
    from services.cli.output import json_lines, moment
    from services.cli.session import in_session
    from services.ingest.excerpt import excerpt, readable
    from services.ingest.reasons import TITLES, class_of

    async def find(around: "Surroundings") -> "tuple[QuarantineItem, bytes, ZoneInfo]":
        item = await load(around, item_id)
        async with around.store.quarantine.open(item_id) as path:
            with path.open("rb") as file:
                return item, file.read(_HEAD_BYTES), around.settings.zone

    item, head, zone = in_session(find)
    if as_json:
        json_lines([item])
        return
    title = TITLES[class_of(item.reason_code)]
    lines = [
        f"编号　{item.id}",
        f"来自　{readable(item.name)} {readable(item.location)}（{item.source}）",
        f"原因　{readable(item.reason)}（{item.reason_code}，{title}）",
        f"大小　{item.size_bytes} 字节" + ("" if item.kept_bytes is None else f"，只保留了开头 {item.kept_bytes} 字节"),
        f"首次　{moment(item.quarantined_at, zone)}　最近 {moment(item.seen_at, zone)}　共 {item.count} 次",
        f"重放　{'尚未' if item.replayed_at is None else moment(item.replayed_at, zone)}",
        f"原文　{excerpt(head, is_whole=item.size_bytes <= len(head))}",
    ]
    typer.echo("\n".join(lines))


@by_options
def _export(
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="一条：写到这个文件；多条：写到这个文件夹，或 .zip 文件", metavar="PATH")
    ],
    item_ids: ItemIds = None,
    selection: Selection,
    everything: Annotated[bool, typer.Option("--all", help="包括已重放的")] = False,
) -> None:
    from services.cli.output import say
    from services.cli.session import in_session
    from services.ingest.exporting import MANIFEST, copy_out, export_all

    refuse_both(item_ids, selection, everything=everything)

    async def export(around: "Surroundings") -> str:
        quarantine = around.store.quarantine
        if item_ids and len(item_ids) == 1:
            async with quarantine.open(item_ids[0]) as content:
                return f"已把 {copy_out(content, out)} 字节写到 {out}"
        wanted = selection.wanted(around.settings, waiting=None if everything else True)
        count = await export_all(quarantine, chosen(around, item_ids or [], wanted), out)
        return f"已把 {count} 条写到 {out}，清单是 {MANIFEST}"

    say(in_session(export))
