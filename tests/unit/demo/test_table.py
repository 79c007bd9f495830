from rich.console import Console

from services.demo.table import drawn
from tests.unit.demo.made import GOOD


def test_the_table_tells_every_figure_and_why_rows_were_quarantined() -> None:
    console = Console(width=100, record=True, file=None, quiet=False)
    with console.capture() as told:
        console.print(drawn(GOOD))
    text = told.get()
    for said in (
        "读取",
        "接受",
        "未变",
        "更正",
        "隔离",
        "公开号读不懂",
        "命中",
        "推送 邮件",
        "推送 企业微信",
        "总用时",
    ):
        assert said in text
