"""Tell how many first applicants of one city get their district, by which rule, and which addresses do not.

Run as ``python -m tools.measure_regions CITY FILE…``, with the four digits of the city (4401) and any input that
``zhitui parse`` reads.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from services.ingest.normalise.regions import prove
from services.ingest.reader import Reading
from services.ingest.records import Parsed

_DISTRICT_DIGITS = 6


def main(city: str, paths: list[Path]) -> None:
    """Print the share, the counts by rule, and the addresses that stay with the city."""
    rules: Counter[str] = Counter()
    unresolved: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as spool:
        for path in paths:
            for item in Reading.of_path(path, Path(spool)):
                if not isinstance(item, Parsed) or not item.publication.applicants:
                    continue
                first = item.publication.applicants[0]
                if first.region is None or not first.region.startswith(city):
                    continue
                if len(first.region) == _DISTRICT_DIGITS:
                    rules[prove(first.address or "").rule] += 1
                else:
                    unresolved[first.address or ""] += 1
    resolved, total = rules.total(), rules.total() + unresolved.total()
    print(f"{city}: {total} rows, {resolved} with a district ({resolved / max(total, 1):.2%})")
    for rule, count in rules.most_common():
        print(f"  {count:6}  {rule}")
    for address, count in unresolved.most_common():
        print(f"  {count:6}  ? {address}")


if __name__ == "__main__":
    main(sys.argv[1], [Path(name) for name in sys.argv[2:]])
