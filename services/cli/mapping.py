"""``zhitui mapping``: files that say what the columns of an unknown table hold."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import say, table

if TYPE_CHECKING:
    from services.ingest.formats.tables.layout import Written
    from services.ingest.mapping.preview import Preview
    from services.ingest.records import Item

_SHOWN_CHARACTERS = 40

_Table = Annotated[Path, typer.Argument(help="表格：xlsx、xls、网页表格、CSV 或 TSV。", metavar="TABLE")]


def register(app: typer.Typer) -> None:
    """Add ``mapping``."""
    commands = typer.Typer(no_args_is_help=True, help="映射文件：告诉系统一个表格的哪一列是什么。")
    app.add_typer(commands, name="mapping")
    commands.command()(guess)
    commands.command()(check)


def written_in(path: Path | None) -> "Written":
    """Return what one mapping file says, and nothing else; without a file, that nothing is written down."""
    from services.ingest.formats.tables.layout import NOTHING_WRITTEN, Written
    from services.ingest.mapping.files import read_mapping

    return Written((read_mapping(path),), is_only=True) if path else NOTHING_WRITTEN


def guess(
    file: _Table,
    out: Annotated[Path | None, typer.Option(help="把映射文件写到这里（已有的不覆盖）。")] = None,
) -> None:
    """为一个表格提出映射文件，并列出前十行会变成什么。

    核对以后，放进映射文件夹（默认是数据目录下的 mappings/），或用 zhitui parse --mapping 文件 试读。
    """
    from services.ingest.mapping.files import mapping_of
    from services.ingest.mapping.guess import guess as propose
    from services.ingest.mapping.preview import preview
    from shared.errors import InvalidInputError

    proposed = propose(file)
    typer.echo(proposed.toml, nl=False)
    if proposed.known_as:
        say(f"这个表格不需要映射文件：系统已经认得它的表头（{proposed.known_as}）。")
    if out is not None:
        _write(out, proposed.toml)
    try:
        layout = mapping_of(proposed.toml, "（提出的）")
    except InvalidInputError as error:
        say(str(error))
        raise typer.Exit(2) from None
    _show(preview(file, layout, whole=False).first)


def check(
    mapping: Annotated[Path, typer.Argument(help="映射文件（TOML）。", metavar="MAPPING")],
    file: _Table,
) -> None:
    """用一个映射文件试读一个表格：缺哪些列，前十行变成什么，一共能读多少行。"""
    from services.ingest.mapping.files import read_mapping
    from services.ingest.mapping.preview import missing_columns, preview

    layout = read_mapping(mapping)
    if missing := missing_columns(file, layout):
        say(f"表格里没有这些列：{'、'.join(missing)}。请改正映射文件里的列名，或核对 sheet 和 header_row。")
        raise typer.Exit(2)
    result = preview(file, layout)
    _show(result.first)
    say(_summed(result))
    refused = sum(count for count, _ in result.refused.values())
    raise typer.Exit(0 if result.read > refused else 2)


def _summed(result: "Preview") -> str:
    refused = sum(count for count, _ in result.refused.values())
    lines = [f"共 {result.read} 条：可以读 {result.read - refused} 条，拒绝 {refused} 条"]
    lines += [f"  拒绝 {count} 条（{code}），例如：{example}" for code, (count, example) in result.refused.items()]
    return "\n".join(lines)


def _show(items: "list[Item]") -> None:
    columns = ("位置", "公开号", "名称", "申请人", "公开日", "分类", "拒绝的原因")
    table("前几行会变成", columns, map(_row, items), empty="表头下面没有记录。")


def _row(item: "Item") -> tuple[object, ...]:
    from services.ingest.records import Rejected

    if isinstance(item, Rejected):
        return (item.location, "", "", "", "", "", item.reason)
    one = item.publication
    people = "；".join(applicant.name for applicant in one.applicants)
    classes = "；".join(one.ipc or one.locarno)
    texts = (item.location, one.publication_number, one.title, people, one.published_on, classes, "")
    return tuple("" if text is None else str(text)[:_SHOWN_CHARACTERS] for text in texts)


def _write(path: Path, text: str) -> None:
    from shared.errors import InvalidInputError

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InvalidInputError(f"{path} 已经存在，没有覆盖；请换一个名字。") from error
    except OSError as error:
        raise InvalidInputError(f"{path} 写不了（{error.strerror}）；请检查路径和权限。") from error
    say(f"已写到 {path}。")
