"""What a whole gazette issue of the reference data holds: the values that conditions are held against."""

import csv
import re
from functools import cache

from services.matcher.engine import ipc
from tests.reference import reference

_SYMBOL = re.compile(r"[A-H]\d\d[A-Z]\s*\d+/\d+")


@cache
def _rows() -> tuple[dict[str, str], ...]:
    files = sorted(reference("gazette-2019-07-09").glob("*.csv"))
    texts = (file.read_bytes().decode("gb18030", "replace") for file in files)
    return tuple(row for text in texts for row in csv.DictReader(text.splitlines()))


def symbols() -> list[str]:
    """Return the issue's IPC symbols (12,690), each once."""
    found = (symbol for row in _rows() for symbol in _SYMBOL.findall(row["Int.Cl."] or ""))
    return [plain for symbol in dict.fromkeys(found) if (plain := ipc.canonical(symbol))]


def applicants() -> list[str]:
    """Return the issue's applicants as printed, each once."""
    found = (name.strip() for row in _rows() for name in re.split(r"[;；]", row["patentee"] or ""))
    return list(dict.fromkeys(name for name in found if name))
