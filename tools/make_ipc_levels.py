"""Make ``services/matcher/resources/ipc_levels.txt.gz`` from tables of IPC symbols.

Usage: ``python -m tools.make_ipc_levels ipc_2023_levels.tsv ipc_2026.01_zh.tsv``: the first has columns ``symbol`` and ``dots``, the
second holds the symbols of a later edition in its first column. ``tools/ipc_places.txt`` adds dots that neither tells.
One line for each main group: the group, then each of its subgroups as ``number:dots``, in the order of the scheme; ``number:0`` is
a subgroup whose dots nobody told. The International Patent Classification is WIPO's, CC BY 4.0.
"""

import gzip
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "services" / "matcher" / "resources" / "ipc_levels.txt.gz"
PLACES = Path(__file__).with_name("ipc_places.txt")
MAIN_GROUP = "00"


def make(levels: Path, later: Path, places: Path = PLACES) -> bytes:
    """Return the table, compressed; the same bytes for the same sources."""
    groups: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in later.read_text("utf-8").splitlines()[1:]:
        _add(groups, row.partition("\t")[0], 0)
    for row in levels.read_text("utf-8").splitlines()[1:]:
        symbol, dots = row.split("\t")
        _add(groups, symbol, int(dots))
    for row in places.read_text("utf-8").splitlines():
        if not row.startswith("#"):
            group, *entries = row.split()
            groups[group] |= {number: int(dots) for number, _, dots in (entry.partition(":") for entry in entries)}
    # Read as digits after a point, numbers are in the order of the scheme.
    lines = "".join(
        " ".join([group, *(f"{number}:{dots}" for number, dots in sorted(subgroups.items()))]) + "\n"
        for group, subgroups in sorted(groups.items())
    )
    return gzip.compress(lines.encode("ascii"), mtime=0)


def _add(groups: defaultdict[str, dict[str, int]], symbol: str, dots: int) -> None:
    group, _, number = symbol.partition("/")
    if number == MAIN_GROUP:
        groups[group] |= {}
    elif number:
        groups[group][number] = dots


if __name__ == "__main__":
    TARGET.write_bytes(make(Path(sys.argv[1]), Path(sys.argv[2])))
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
