"""How commands speak: tables for people, JSON Lines for programs."""

import sys
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

_encoder = msgspec.json.Encoder()


def json_lines(rows: "Iterable[object]") -> None:
    """Write one JSON object a line to standard output."""
    out = sys.stdout.buffer
    for row in rows:
        out.write(_encoder.encode(row))
        out.write(b"\n")
    out.flush()


def table(title: str, columns: "Sequence[str]", rows: "Iterable[Sequence[object]]", *, empty: str) -> None:
    """Print a table, or the sentence that says why there is none."""
    drawn = Table(title=title, title_justify="left")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    console = Console()
    console.print(drawn if drawn.row_count else empty, markup=False)


def pairs(title: str, rows: "Iterable[tuple[str, str]]") -> None:
    """Print a heading, and below it what things are called beside what is said of them; long texts stay in their column."""
    drawn = Table.grid(padding=(0, 2))
    drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, said in rows:
        drawn.add_row(Text(f"  {name}"), Text(said))
    console = Console()
    console.print(Text(title, style="bold"))
    console.print(drawn)


def say(text: str) -> None:
    """Print a line for people; to standard error, so that standard output stays for programs."""
    sys.stderr.write(f"{text}\n")


def moment(at: "datetime | None", zone: "ZoneInfo") -> str | None:
    """Return a moment for people, to the second in the installation's time zone; ``None`` where there is none."""
    return None if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
