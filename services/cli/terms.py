"""``zhitui terms``: synonym rings; looked at, mined from publications, accepted and rejected."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, say, table

if TYPE_CHECKING:
    from services.matcher.rings.desk import Desk

_AsJson = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]
_Ids = Annotated[list[str] | None, typer.Argument(help="词环编号，可以多个。", metavar="ID…")]
_Reason = Annotated[str, typer.Option("--reason", help="为什么；记在词环里。", metavar="TEXT")]

BAD_FILE = 2

HELP = """同义词环：同一种东西的各种叫法，订阅画像里写一个，别的也能找到。

发光二极管 = LED，磷酸铁锂 = LiFePO4。随附的词环直接可用；公开文献里自己说明的叫法（“……（简称……）”“……（LED）”）可以挖掘出来，由人决定收不收：

  zhitui terms list LED            # 看 LED 在哪个词环

  zhitui terms mine                # 从已入库的公开里找

  zhitui terms accept m-1a2b3c4d5e # 收下；不收用 reject

不要同义词的画像写 "rings": false，不要的关键词写 {"text": "……", "rings": false}。
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from services.cli.term_mining import mine

    commands = typer.Typer(no_args_is_help=True, help=HELP)
    app.add_typer(commands, name="terms")
    commands.command(name="list")(list_all)
    commands.command()(mine)
    commands.command()(show)
    commands.command()(accept)
    commands.command()(reject)
    commands.command()(check)


def open_desk() -> "Desk":
    """Return the desk of the configured data folder."""
    from services.matcher.rings.desk import Desk
    from shared.settings import load_settings

    return Desk(load_settings().data_dir)


def list_all(
    word: Annotated[
        str | None, typer.Argument(help="只列有这个词的，大小写、全半角、繁简不分。", metavar="[WORD]")
    ] = None,
    *,
    proposed: Annotated[bool, typer.Option("--proposed", help="列出等待决定的。")] = False,
    rejected: Annotated[bool, typer.Option("--rejected", help="列出拒绝过的。")] = False,
    as_json: _AsJson = False,
) -> None:
    """列出词环：随附的和收下的。"""
    from services.matcher.rings.ring import Ring

    desk = open_desk()
    if proposed:
        rings = [
            Ring(id=one.id, members=one.members, note=f"{one.publications} 件公开这样说") for one in desk.proposed()
        ]
    elif rejected:
        rings = desk.rejected()
    else:
        rings = list(desk.rings().rings)
    shown = [ring for ring in rings if word is None or ring.holds(word)]
    own = {name for ring in desk.accepted() for name in (ring.id, ring.extends)}
    if as_json:
        json_lines(shown)
        return
    source = "等待决定" if proposed else "已拒绝" if rejected else ""
    rows = [
        (ring.id, ring.in_words(), ring.domain, source or ("收下" if ring.id in own else "随附"), _notes(ring))
        for ring in shown
    ]
    table(
        "同义词环",
        ("编号", "词", "领域", "来源", "说明"),
        rows,
        empty="没有这样的词环。用 zhitui terms mine 从公开里找。",
    )


def _notes(ring: object) -> str:
    from services.matcher.rings.ring import Ring

    if not isinstance(ring, Ring):
        return ""
    return "；".join([*([ring.note] if ring.note else []), *(f"{term}：{why}" for term, why in ring.reasons.items())])


def show(ring_id: Annotated[str, typer.Argument(help="等待决定的词环的编号。", metavar="ID")]) -> None:
    """显示一个等待决定的词环：例子，以及与已有词环的冲突。"""
    from services.matcher.rings.decisions import conflict

    desk = open_desk()
    ring = desk.find(ring_id)
    proposal = next(one for one in desk.proposed() if one.id == ring_id)
    typer.echo(f"{ring.id}　{ring.in_words()}\n{proposal.publications} 件公开，{proposal.occurrences} 处")
    for example in proposal.examples:
        typer.echo(f"  {example.publication_number}　……{example.text}……")
    if proposal.rivals:
        typer.echo(f"注意：“{proposal.members[1]}”在别处还指 {'、'.join(proposal.rivals)}")
    typer.echo(conflict(ring, desk.rings()) or f"与已有词环没有冲突。收下：zhitui terms accept {ring.id}")


def accept(
    ring_ids: _Ids = None,
    *,
    into: Annotated[str, typer.Option("--into", help="并入这个词环，不自成一环。", metavar="RING")] = "",
    reason: _Reason = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="收下一个词环文件里的全部，例如自己写的。", metavar="FILE")
    ] = None,
) -> None:
    """收下词环，它们从此起作用。有一个不行就一个也不收，并说明怎么办。"""
    from services.matcher.rings.decisions import decide
    from services.matcher.rings.rings import Rings

    desk = open_desk()
    if file is not None:
        rings = _sound_rings(file, desk)
    elif ring_ids:
        in_force, rings = desk.rings(), []
        for ring in map(desk.find, ring_ids):
            rings.append(decide(ring, in_force, into=into, reason=reason))
            in_force = Rings((*in_force.rings, rings[-1]))
    else:
        raise typer.BadParameter("请给出词环编号，或用 --file FILE。")
    desk.accept(rings)
    for ring in rings:
        typer.echo(f"{ring.id}　{ring.in_words()}{f'　并入 {ring.extends}' if ring.extends else ''}")
    say(f"收下 {len(rings)} 个。正在运行的匹配服务重新启动后用上它们。")


def reject(
    ring_ids: Annotated[list[str], typer.Argument(help="词环编号，可以多个。", metavar="ID…")], *, reason: _Reason = ""
) -> None:
    """拒绝等待决定的词环，以后不再提出；也用来撤回收下的。"""
    desk = open_desk()
    for ring_id in ring_ids:
        typer.echo(f"已拒绝 {ring_id}　{desk.reject(ring_id, reason=reason).in_words()}")


def check(file: Annotated[Path, typer.Argument(help="词环文件，格式见 docs/synonyms.md。", metavar="FILE")]) -> None:
    """检查一个词环文件，什么也不存。有错误时退出码为 1，文件读不懂时为 2。"""
    rings = _sound_rings(file, open_desk())
    say(f"检查了 {len(rings)} 个词环，没有错误。")


def _sound_rings(file: Path, desk: "Desk") -> list:  # type: ignore[type-arg]
    """Read a ring file; say what is wrong with it and leave."""
    from services.matcher.rings.check import check_rings
    from services.matcher.rings.files import read_rings
    from shared.errors import InvalidInputError

    try:
        rings = read_rings(file)
    except InvalidInputError as error:
        say(str(error))
        raise typer.Exit(BAD_FILE) from None
    ids = {ring.id for ring in rings}
    faults = check_rings(rings, [ring for ring in desk.rings().rings if ring.id not in ids])
    for fault in faults:
        typer.echo(f"{fault.ring}：{fault.text}")
    if faults:
        say(f"{len(faults)} 处错误，请改正后再试。")
        raise typer.Exit(1)
    return rings
