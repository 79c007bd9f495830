"""How fast spreadsheets are read, next to python-calamine alone over the same files in the same run, and in how much memory.

Made exports of PSS, with abstracts: 27 columns, 15 of them filled. One keeps its texts in the table of shared strings, as
Excel does, one in the cells, as export programs do; the xls is read in a process of its own, whose time counts (of several
rounds the least: that process was started in the first). Reading means rows of text cells on both sides; what normalisation
adds is told apart.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import python_calamine
import xlsxwriter

from services.ingest.formats.tables.model import Table
from services.ingest.formats.tables.xls import xls_tables
from services.ingest.formats.tables.xlsx import xlsx_tables
from services.ingest.reader import Reading
from services.ingest.records import Rejected
from shared.testing.cpu import cpu_seconds
from shared.testing.xls import write_xls

ROUNDS = 7
ROWS = 8_000
XLS_ROWS = 4_000
MANY_ROWS = 200_000

HEADER = (
    *("申请号", "公开（公告）号", "申请日", "公开（公告）日", "IPC分类号", "申请（专利权）人", "发明人", "发明名称"),
    *("优先权号", "优先权日", "申请人邮编", "代理人", "代理机构", "文献类型", "外观设计洛迦诺分类号"),
    *("PCT进入国家阶段日期", "PCT国际申请日期", "PCT国际申请公布语言", "PCT国际申请公开日期", "PCT国际申请号"),
    *("PCT国际申请公开号", "申请人所在国（省）", "ECLA分类号", "UC分类号", "FI分类号", "FT分类号", "摘要"),
)
_ABSTRACT = (
    "本发明公开了一种用于储能系统的隔膜，包括基膜和涂覆在基膜两侧的陶瓷层，所述陶瓷层由无机颗粒和粘结剂组成。" * 4
)


def run() -> list[tuple[str, str]]:
    """Return (name, figure) rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shared, inline, old = folder / "shared.xlsx", folder / "inline.xlsx", folder / "old.xls"
        write(shared, ROWS, inline=False)
        write(inline, ROWS, inline=True)
        write_xls(old, {"Sheet1": [[*HEADER], *([*row(number)] for number in range(XLS_ROWS))]})
        figures = [
            *_compared("xlsx, shared strings", shared, ROWS, lambda: _rows(xlsx_tables(shared, folder))),
            *_compared("xlsx, texts in the cells", inline, ROWS, lambda: _rows(xlsx_tables(inline, folder))),
            *_compared("xls", old, XLS_ROWS, lambda: _rows(xls_tables(old))),
        ]
        seconds = min(_seconds(lambda: _publications(shared, folder)) for _ in range(ROUNDS))
        figures.append(("xlsx to publications", f"{ROWS / seconds:,.0f} rows/s"))
        return [*figures, *_memory(folder)]


def row(number: int) -> tuple[str, ...]:
    """Return a made row; the ten cells that every real row leaves empty are empty."""
    filled = {
        "申请号": f"CN2024{10_000_000 + number % 9_000_000}",
        "公开（公告）号": f"CN{118_000_000 + number}A",
        "申请日": f"2024.01.{number % 28 + 1:02}",
        "公开（公告）日": f"2024.07.{number % 28 + 1:02}",
        "IPC分类号": f"H01M10/{number % 90 + 10};H01M50/449",
        "申请（专利权）人": f"示例材料{number % 700}有限公司; 示例大学",
        "发明人": f"张{number % 97}; 李{number % 89}; 王{number % 83}",
        "发明名称": f"一种储能系统用隔膜及其制备方法{number}",
        "申请人邮编": f"{510_000 + number % 900}",
        "代理人": f"赵{number % 300}",
        "代理机构": f"示例知识产权代理{number % 200}有限公司 44{number % 900 + 100}",
        "文献类型": "发明",
        "申请人所在国（省）": "广东;44",
        "摘要": f"{_ABSTRACT}第{number}号。",
    }
    return tuple(filled.get(column, "") for column in HEADER)


def write(path: Path, rows: int, *, inline: bool) -> None:
    """Write a made export."""
    book = xlsxwriter.Workbook(path, {"constant_memory": inline})
    sheet = book.add_worksheet()
    for line, cells in enumerate((HEADER, *map(row, range(rows)))):
        for column, text in enumerate(cells):
            if text:
                sheet.write_string(line, column, text)
    book.close()


def _compared(called: str, path: Path, rows: int, ours: Callable[[], int]) -> list[tuple[str, str]]:
    """Read in turn, so that both meet the machine's good moments; the least CPU seconds count."""
    rounds = [(_seconds(lambda: _bare(path)), _seconds(ours)) for _ in range(ROUNDS)]
    bare, seconds = min(one for one, _ in rounds), min(other for _, other in rounds)
    return [
        (called, f"{rows / seconds:,.0f} rows/s"),
        (f"{called}: python-calamine alone", f"{rows / bare:,.0f} rows/s"),
        (f"{called}: ratio (goal: at most 1.5)", f"{seconds / bare:.2f}×"),
    ]


def _bare(path: Path) -> int:
    return sum(1 for _ in python_calamine.load_workbook(str(path)).get_sheet_by_index(0).iter_rows())


def _rows(tables: Iterable[Table]) -> int:
    return sum(1 for table in tables for _ in table.rows)


def _publications(path: Path, spool: Path) -> int:
    return sum(1 for item in Reading.of_path(path, spool) if not isinstance(item, Rejected))


def _seconds(work: Callable[[], int]) -> float:
    """Return CPU seconds, those of child processes too."""
    began = cpu_seconds()
    work()
    return cpu_seconds() - began


def _memory(folder: Path) -> list[tuple[str, str]]:
    """Parse a large export as the command does; a shell of its own tells the peak of that process alone."""
    large = folder / "large.xlsx"
    write(large, MANY_ROWS, inline=True)
    told = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"
    told += "; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", told, sys.executable, "-m", "services", "parse", str(large)]
    peak = int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    name = (
        f"zhitui parse, xlsx of {MANY_ROWS:,} rows, {large.stat().st_size / 1024**2:.0f} MiB: peak (goal: at most 250)"
    )
    return [(name, f"{peak / 1024:.0f} MiB")]


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<70} {figure}")
