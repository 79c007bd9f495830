"""Make ``services/matcher/resources/ipc_levels.txt.gz`` from a table of IPC symbols and their dots.

Usage: ``python -m tools.make_ipc_levels ipc_2023_levels.tsv``; columns ``symbol`` and ``dots``, as in the scheme's title lists.
One line for each main group: the group, then each of its subgroups as ``number:dots``, in the order of the scheme.
The International Patent Classification is WIPO's, CC BY 4.0.
"""

import gzip
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "services" / "matcher" / "resources" / "ipc_levels.txt.gz"


def number_of(subgroup: str) -> str:
    """Return ``0525`` of ``0525:3``; read as digits after a point, numbers are in the order of the scheme."""
    return subgroup.partition(":")[0]


def make(source: Path) -> bytes:
    """Return the table, compressed; the same bytes for the same source."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for row in source.read_text("utf-8").splitlines()[1:]:
        symbol, dots = row.split("\t")
        group, _, number = symbol.partition("/")
        if int(dots):
            groups[group].append(f"{number}:{dots}")
        else:
            groups[group] = groups[group]
    lines = "".join(
        " ".join([group, *sorted(subgroups, key=number_of)]) + "\n" for group, subgroups in sorted(groups.items())
    )
    return gzip.compress(lines.encode("ascii"), mtime=0)


if __name__ == "__main__":
    TARGET.write_bytes(make(Path(sys.argv[1])))
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
