"""``zhitui quarantine replay`` and ``forget``: read again what is kept, and erase it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.quarantine_wanted import AsJson, ItemIds, Selection, by_options, chosen, load, refuse_both

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.ingest.replay import Replayed
    from shared.runtime.role import Surroundings
    from shared.store.quarantined import QuarantineItem, Wanted

_TOLD_EVERY = 100
_LISTED = 1000
_ERASED_AT_ONCE = 200


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("replay", help="重新读取；读通的进入系统并标为已重放。可以中断，再执行一次就接着做。")(_replay)
    group.command("forget", help="彻底删除：记录和原文都不留。")(_forget)


@by_options
def _replay(
    *,
    item_ids: ItemIds = None,
    selection: Selection,
    everything: Annotated[bool, typer.Option("--all", help="重放全部")] = False,
    as_json: AsJson = False,
) -> None:
    from services.cli.output import json_lines, say, table
    from services.cli.session import in_session

    refuse_both(item_ids, selection, everything=everything)
    if not (item_ids or everything or not selection.is_everything):
        raise typer.BadParameter("请给出隔离编号，或用 --reason、--class、--source、--name、--since、--before、--all。")

    async def work(around: "Surroundings") -> "_Told":
        told = _Told()
        async for one in _replayed(around, item_ids or [], selection.wanted(around.settings, waiting=True)):
            told.count(one)
            if as_json:
                json_lines([{"id": one.item.id, "run": one.run, "problem": one.problem}])
            elif told.done % _TOLD_EVERY == 0:
                say(f"已重放 {told.done} 件，读通 {told.read} 件")
        return told

    told = in_session(work)
    if not as_json:
        table("重放结果", ("编号", "来自", "结果", "原因"), told.rows, empty="没有等待重放的内容。")
        if told.done > len(told.rows):
            say(f"只列出了前 {len(told.rows)} 条")
        say(f"读通 {told.read} 条，共 {told.done} 条")
    raise typer.Exit(0 if told.read == told.done else 1)


@by_options
def _forget(
    *,
    item_ids: ItemIds = None,
    text: Annotated[
        str | None, typer.Option("--text", help="只删含有这段文字的，例如一个人的姓名", metavar="TEXT")
    ] = None,
    selection: Selection,
    replayed: Annotated[bool, typer.Option("--replayed", help="只删已重放的")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    from services.cli.output import say
    from services.cli.session import in_session

    refuse_both(item_ids, selection, everything=bool(replayed or text))
    if not (item_ids or replayed or text or not selection.is_everything):
        raise typer.BadParameter("请给出隔离编号，或用 --text、--reason 等选项说明要删除哪些。")

    async def find(around: "Surroundings") -> list[str]:
        wanted = selection.wanted(around.settings, waiting=False if replayed else None)
        return [item.id async for item in _doomed(around, item_ids or [], wanted, text)]

    async def erase(around: "Surroundings", found: list[str]) -> int:
        pieces = [found[start : start + _ERASED_AT_ONCE] for start in range(0, len(found), _ERASED_AT_ONCE)]
        return sum([await around.store.quarantine.forget(piece) for piece in pieces])

    found = in_session(find)
    if not found:
        say("没有符合条件的内容，什么都没有删除。")
        return
    if not yes:
        typer.confirm(f"要彻底删除 {len(found)} 件，不能恢复。继续吗？", abort=True)
    count = in_session(lambda around: erase(around, found))
    say(f"已彻底删除 {count} 件。备份里可能还有较早的副本，请按备份的保存期限一并清理。")


@dataclass(slots=True)
class _Told:
    """How a replay went, for people.

    Attributes:
        rows: of the first ones only, as there may be millions.
    """

    done: int = 0
    read: int = 0
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def count(self, one: "Replayed") -> None:
        self.done += 1
        self.read += one.problem is None
        if len(self.rows) < _LISTED:
            self.rows.append((one.item.id, one.item.name, "仍在隔离区" if one.problem else "已读通", _note(one)))


def _replayed(around: "Surroundings", item_ids: list[str], wanted: "Wanted") -> "AsyncIterator[Replayed]":
    from services.ingest.replay import replay, replay_all
    from services.ingest.wiring import make_pipeline

    pipeline = make_pipeline(around)

    async def one_by_one() -> "AsyncIterator[Replayed]":
        for item_id in item_ids:
            item = await load(around, item_id)
            yield await replay(item, store=around.store, pipeline=pipeline, clock=around.clock)

    if item_ids:
        return one_by_one()
    return replay_all(wanted, store=around.store, pipeline=pipeline, clock=around.clock)


def _doomed(
    around: "Surroundings", item_ids: list[str], wanted: "Wanted", text: str | None
) -> "AsyncIterator[QuarantineItem]":
    from services.ingest.text_search import holding

    if text is None:
        return chosen(around, item_ids, wanted)
    return holding(around.store.quarantine, wanted, text)


def _note(one: "Replayed") -> str:
    if one.problem or one.run is None:
        return one.problem or ""
    return f"其中 {one.run.rejected} 条仍被拒绝，已各自放入隔离区" if one.run.rejected else ""
