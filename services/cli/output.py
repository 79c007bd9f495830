"""How commands speak: tables for people, JSON Lines for programs."""

import sys
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table

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


def say(text: str) -> None:
    """Print a line for people; to standard error, so that standard output stays for programs."""
    sys.stderr.write(f"{text}\n")


def moment(at: "datetime | None", zone: "ZoneInfo") -> str | None:
    """Return a moment for people, to the second in the installation's time zone; ``None`` where there is none."""
    return None if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
