"""``zhitui terms mine``: rings that publications define themselves, proposed for a person to decide."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, say, table

if TYPE_CHECKING:
    from services.matcher.rings.mining.miner import Miner
    from shared.runtime.role import Surroundings

BAD_INPUT = 2


def mine(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="公开文件，每行一个 JSON 对象；不给就用已入库的公开。", metavar="[FILE…]"),
    ] = None,
    *,
    least: Annotated[int, typer.Option("--min-count", min=1, help="至少几件公开这样说。", metavar="N")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")] = False,
) -> None:
    """从公开里找同义词：“发光二极管（LED）”“……（以下简称……）”“……又称……”。

    找到的只是提议，等人决定：show 看例子，accept 收下，reject 拒绝。已在词环里的、拒绝过的不再提出。
    """
    from rich.markup import escape

    from services.cli.session import in_session
    from services.cli.terms import open_desk
    from services.matcher.rings.decisions import conflict
    from services.matcher.rings.mining.miner import Miner
    from services.matcher.rings.ring import Ring
    from shared.errors import InvalidInputError

    desk = open_desk()
    rings = desk.rings()
    miner = Miner(rings)
    try:
        count = _mine_files(miner, files) if files else in_session(lambda around: _mine_stored(miner, around))
    except InvalidInputError as error:
        say(str(error))
        raise typer.Exit(BAD_INPUT) from None
    found = desk.propose(miner.proposals(least_publications=least))
    if as_json:
        json_lines(found)
    else:
        rows = [
            (
                one.id,
                " = ".join(one.members),
                one.publications,
                escape(one.examples[0].text),
                "有冲突" if conflict(Ring(id=one.id, members=one.members), rings) else "",
            )
            for one in found
        ]
        table("可能的同义词", ("编号", "词", "件数", "例子", "冲突"), rows, empty="没有找到新的同义词。")
    say(
        f"读了 {count} 件公开：{len(found)} 个提议，另有 {miner.known} 处说法已在词环里。看例子：zhitui terms show 编号"
    )


def _mine_files(miner: "Miner", files: list[Path]) -> int:
    from services.matcher.offline import read_publications

    count = 0
    for file in files:
        for publications in read_publications(file):
            miner.read(publications)
            count += len(publications)
    for file in files:
        for publications in read_publications(file):
            miner.count(publications)
    return count


async def _mine_stored(miner: "Miner", around: "Surroundings") -> int:
    count = 0
    async for publications in around.store.publications.scan(since=None):
        miner.read(publications)
        count += len(publications)
    async for publications in around.store.publications.scan(since=None):
        miner.count(publications)
    return count
