"""What applicant patterns find: brands cut out of names, strangers that share a brand, and the time a new name or symbol takes."""

import csv
import re
from collections import defaultdict
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.material import GAZETTE
from services.matcher.engine import applicants, ipc
from services.matcher.engine.company_names import brand, legal_name
from services.matcher.engine.text import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAMES = GAZETTE.parent / "companies" / "names_with_brand.txt"
PAIRS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "matcher" / "data" / "applicant_pairs.tsv"
_ORGANISATION = re.compile(r"公司|厂|集团|院|所|中心|大学")
_SYMBOL = re.compile(r"[A-H]\d\d[A-Z]\s*\d+/\d+")


def run() -> "Iterator[tuple[str, str]]":
    """Yield what was measured, one line each."""
    if not NAMES.exists():
        yield "companies", "not measured: the reference data are not beside this checkout"
        return
    yield from _brands()
    rows = [row for file in sorted(GAZETTE.glob("*.csv")) for row in _rows(file)]
    names = list(dict.fromkeys(name.strip() for row in rows for name in re.split("[;；]", row["patentee"] or "")))
    symbols = list(dict.fromkeys(symbol for row in rows for symbol in _SYMBOL.findall(row["Int.Cl."] or "")))
    yield "CPU of the keys of a new name", _each(applicants.keys, names)
    yield "CPU of the keys of a new symbol, tables included", _each(ipc.keys, symbols)
    yield from _strangers(names)


def _brands() -> "Iterator[tuple[str, str]]":
    rows = [
        (name, normalise(own)) for name, _, own in (r.partition(" ") for r in NAMES.read_text("utf-8").splitlines())
    ]
    right = [brand(name) == own for name, own in rows]
    yield "brands cut out exactly, even rows (tuned on)", f"{sum(right[::2])} of {len(right[::2])}"
    yield "brands cut out exactly, odd rows", f"{sum(right[1::2])} of {len(right[1::2])}"
    with_brand = [(name, own) for name, own in rows if own]
    found = sum(applicants.fits(own, name) for name, own in with_brand)
    wrong = sum(applicants.fits(own, other) for name, own in with_brand for other, _ in rows if other != name)
    yield "their brand as the pattern: own company, others", f"{found} of {len(with_brand)}, {wrong}"


def _strangers(names: "Sequence[str]") -> "Iterator[tuple[str, str]]":
    organisations = {legal_name(n): n.lstrip("?") for n in names if len(n) > 4 and _ORGANISATION.search(n)}.values()
    holders, owners = defaultdict(set), defaultdict(set)
    for name in organisations:
        for key in applicants.keys(name):
            holders[key].add(name)
        if short := brand(name):
            owners[short].add(name)
    fitting = {short: set().union(*(holders[key] for key in applicants.pattern_keys(short))) for short in owners}
    alone = sum(len(found) == 1 for found in fitting.values())
    yield "brands of a gazette that fit one organisation", f"{alone} of {len(owners)} ({alone / len(owners):.1%})"
    own, others = 0, 0
    for short, names_of_it in owners.items():
        if not applicants.pattern_keys(short)[0].startswith("@"):
            own += len(names_of_it & fitting[short])
            others += sum(len(fitting[short] - {name}) for name in names_of_it)
    lines = (line for line in PAIRS.read_text("utf-8").splitlines() if not line.startswith("#"))
    judged = [
        judgement == "same"
        for pattern, _, name, judgement in csv.reader(lines, delimiter="\t")
        if applicants.fits(pattern, name)
    ]
    share = sum(judged) / len(judged)
    yield (
        "fits of one's own brand, of others', same group among them",
        f"{own}, {others}, {share:.0%} of {len(judged)} judged",
    )
    yield "precision", f"{(own + others * share) / (own + others):.1%}"


def _rows(file: Path) -> "csv.DictReader[str]":
    return csv.DictReader(file.read_bytes().decode("gb18030", "replace").splitlines())


def _each(keys: "Callable[[str], tuple[str, ...]]", values: "Sequence[str]") -> str:
    keys(values[0])
    start = process_time()
    for value in values[1:]:
        keys(value)
    return f"{(process_time() - start) / (len(values) - 1) * 1e6:.1f} µs"
