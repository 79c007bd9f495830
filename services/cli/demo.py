"""``zhitui demo``: the whole line on the sample gazette."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import say


def register(app: typer.Typer) -> None:
    """Add ``demo``."""

    @app.command()
    def demo(
        out: Annotated[Path, typer.Option("--out", help="结果放在哪个文件夹。", metavar="FOLDER")] = Path("demo-out"),
    ) -> None:
        """用样例公报演示全过程：读取、匹配，推送到演示自带的邮箱和企业微信。不影响你的数据，不连外网。"""
        sys.exit(_demonstrate(out))


def _demonstrate(out: Path) -> int:
    from rich.console import Console

    from services.demo.line import run_line
    from services.demo.page import write_page
    from services.demo.progress import shown_progress
    from services.demo.table import drawn

    say("知推演示：读取样例公报，匹配订阅画像，推送到演示自带的邮箱和企业微信群。")
    with shown_progress() as tell:
        outcome = asyncio.run(run_line(tell))
    page = write_page(outcome, out)
    Console().print(drawn(outcome))
    problems = outcome.problems()
    for problem in problems:
        say(f"错误：{problem}")
    say(f"用浏览器打开这个文件，看每一条推送的样子：{page}")
    return 1 if problems else 0
