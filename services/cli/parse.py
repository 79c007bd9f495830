"""``zhitui parse``: files in, publications as JSON Lines out; needs no data folder and no server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from typing import BinaryIO

    from services.ingest.offline import Summary


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("parse", help="读取文件或文件夹（格式按内容识别），把公开文献以 JSON Lines 写到标准输出。")
    def parse(
        files: Annotated[list[Path], typer.Argument(help="文件、zip 或文件夹，可以多个", metavar="FILE…")],
        *,
        rejects: Annotated[Path | None, typer.Option(help="把读不了的记录（原因和原文）写到这个文件")] = None,
        summary: Annotated[Path | None, typer.Option(help="把汇总（一个 JSON 对象）写到这个文件")] = None,
        explain: Annotated[
            bool,
            typer.Option(
                "--explain", help="不写 JSON，改为逐条列出：字段 | 原值 | 结果 | 规则（哪个原值按哪条规则变成了什么）"
            ),
        ] = False,
        mapping: Annotated[Path | None, typer.Option(help="只按这个映射文件（TOML）读表格", metavar="FILE")] = None,
        number: Annotated[str | None, typer.Option(help="与 --explain 同用：只看这个公开（公告）号")] = None,
    ) -> None:
        from shared.logs import log_warnings_to_stderr

        log_warnings_to_stderr()
        if explain or number:
            raise typer.Exit(_explain(files, number, mapping))
        import sys
        from contextlib import ExitStack

        from services.cli.mapping import written_in
        from services.cli.output import say
        from services.ingest.offline import parse_files
        from shared.errors import MisconfiguredError

        with ExitStack() as stack:
            try:
                refused: BinaryIO | None = stack.enter_context(rejects.open("wb")) if rejects else None
                result = parse_files(files, out=sys.stdout.buffer, rejects=refused, written=written_in(mapping))
                if summary:
                    summary.write_bytes(result.as_json())
            except BrokenPipeError:
                # Whoever read our output has seen enough; the interpreter must not try to flush the rest.
                sys.stderr.close()
                raise typer.Exit(0) from None
            except OSError as error:
                raise MisconfiguredError(f"不能写输出文件：{error}。请检查路径和权限。") from error
        say(_readable(result))
        raise typer.Exit(0 if result.anything_parsed else 2)


def _explain(files: list[Path], number: str | None, mapping: Path | None) -> int:
    import sys

    from services.cli.mapping import written_in
    from services.cli.output import say
    from services.ingest.explaining import explain_files

    try:
        read, told = explain_files(files, sys.stdout, number, written=written_in(mapping))
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    if number and not told:
        say(f"没有找到公开（公告）号 {number}；请核对号码，或去掉 --number 看全部记录。")
    return 0 if read else 2


def _readable(result: "Summary") -> str:
    lines = [
        f"读取 {result.read} 条：接受 {result.accepted}，未变 {result.unchanged}，更正 {result.corrected}，拒绝 {result.rejected}"
    ]
    lines += [f"  拒绝 {count} 条（{code}），例如：{example}" for code, (count, example) in result.reasons.items()]
    if result.beside:
        lines.append(f"  不是数据、没有读取的文件：{result.beside}")
    return "\n".join(lines)
