"""``zhitui publication``: what is known of a publication, who said it, and what changed when."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.runtime.role import Surroundings
    from shared.store.records import PublicationVersion

Number = Annotated[str, typer.Argument(help="公开（公告）号，例如 CN110007813A。", metavar="NUMBER")]


def register(app: typer.Typer) -> None:
    """Add ``publication``."""
    commands = typer.Typer(no_args_is_help=True, help="公开：已入库的内容、来源、历次更正和法律事件。")
    app.add_typer(commands, name="publication")
    commands.command()(show)


def show(
    number: Number,
    *,
    history: Annotated[bool, typer.Option("--history", help="列出每个版本：何时、来自哪里、改了什么。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")] = False,
) -> None:
    """显示一件公开；--history 另列各版本和法律事件。"""
    import msgspec

    from services.cli.session import in_session

    versions, events = in_session(lambda around: _find(around, number.strip().upper()))
    shown = versions if history else versions[-1:]
    if as_json:
        json_lines([*shown, *events] if history else shown)
        return
    typer.echo(msgspec.json.format(msgspec.json.encode(versions[-1].publication), indent=2).decode())
    if history:
        table("版本", ("版本", "时间（UTC）", "来源", "出处", "变化"), _rows(versions), empty="")
        happened = [(one.publication.event_on, one.publication.event, _told(one), one.origin) for one in events]
        table("法律事件", ("日期", "事项", "内容", "出处"), happened, empty="没有法律事件。")


async def _find(around: "Surroundings", number: str) -> "tuple[list[PublicationVersion], list[PublicationVersion]]":
    from shared.errors import NotFoundError

    store = around.store.publications
    versions = await store.history(number)
    if not versions:
        raise NotFoundError(f"库里没有公开号为“{number}”的公开；请核对号码（连同种类码，例如 CN110007813A）。")
    return versions, await store.events(number)


def _told(event: "PublicationVersion") -> str:
    """Return what is said of a legal event, in the words of all sources."""
    others = (f"据 {source}：{words}" for source, words in event.in_other_words.items())
    return "\n".join((event.publication.event_detail or "", *others))


def _rows(versions: "Sequence[PublicationVersion]") -> list[tuple[object, ...]]:
    from shared.wire.difference import differences, sentence

    rows: list[tuple[object, ...]] = []
    for place, one in enumerate(versions):
        if place == 0:
            what = "首次收到"
        else:
            what = (
                sentence(differences(versions[place - 1].publication, one.publication))
                or "内容相同，由更可靠的来源证实"
            )
        rows.append(
            (
                one.version,
                f"{one.accepted_at:%Y-%m-%d %H:%M:%S}",
                one.source or one.publication.source,
                one.origin,
                what,
            )
        )
    return rows
