"""``zhitui match``: offline matching, the same output for the same input, on as many processes as asked for."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import say

BAD_INPUT = 2


def register(app: typer.Typer) -> None:
    """Add ``match``."""
    app.command()(match)


def match(
    profiles: Annotated[Path, typer.Option("--profiles", help="订阅画像文件，每行一个 JSON 对象。", metavar="FILE")],
    publications: Annotated[
        Path, typer.Option("--publications", help="公开文件，每行一个 JSON 对象。", metavar="FILE")
    ],
    *,
    explain: Annotated[bool, typer.Option("--explain", help="每个匹配都列出依据：词、位置、方式。")] = False,
    index: Annotated[
        Path | None,
        typer.Option("--index", help="编译好的画像存进这个文件；画像文件没有变，下次就直接打开它。", metavar="FILE"),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="用几个进程匹配。", metavar="N")] = 1,
    summary: Annotated[Path | None, typer.Option("--summary", help="把统计写进这个文件。", metavar="FILE")] = None,
) -> None:
    """离线匹配：把公开逐条与订阅画像比对，每行输出一个匹配（JSON）。"""
    import sys

    import msgspec

    from services.cli.profile_files import each_profile
    from services.cli.profile_health import rings_in_force
    from services.matcher.offline import OfflineMatcher, Totals, open_index
    from shared.errors import InvalidInputError

    totals = Totals()
    try:
        compiled = open_index(lambda: each_profile(profiles), profiles, rings_in_force(), index, totals)
        matcher = OfflineMatcher(compiled, totals, evidence=explain)
        for lines in matcher.match_file(publications, workers=workers):
            sys.stdout.buffer.write(lines)
    except InvalidInputError as error:
        sys.stdout.buffer.flush()
        say(str(error))
        raise typer.Exit(BAD_INPUT) from None
    sys.stdout.buffer.flush()
    totals.measure_memory()
    if summary is not None:
        summary.write_bytes(msgspec.json.encode(totals) + b"\n")
    say(
        f"{totals.profiles} 个订阅画像，{totals.publications} 件公开，{totals.matches} 个匹配；"
        f"装载 {totals.load_seconds:.2f} 秒，匹配用 CPU {totals.match_cpu_seconds:.2f} 秒。"
    )
