"""What the reference data hold: the values that conditions are held against, titles and abstracts."""

import csv
import json
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


@cache
def titles() -> tuple[str, ...]:
    """Return the titles of 5,000 utility models."""
    file = reference("gazette-2019-07-09", "utility_model.csv").read_bytes().decode("gb18030", "replace")
    return tuple(row["name"] for row in list(csv.DictReader(file.splitlines()))[:5000] if row["name"])


@cache
def abstracts() -> tuple[str, ...]:
    """Return abstracts of patents (2,962)."""
    records = json.loads(reference("kppatent", "abstracts_with_keywords.json").read_text("utf-8"))
    return tuple(record["input"] for record in records)
