"""Make ``services/matcher/resources/bibliography_shares.txt.gz``: how many publications of one gazette issue have each IPC place, kind and region.

Usage: ``zhitui parse GAZETTE | python -m tools.make_bibliography_shares``. Counted are the keys of
`services.matcher.engine.bibliography.publication_keys`, but for the applicants'; a key with fewer than `LEAST` publications is left out.
The first line tells how many publications there were, and how many of them have an IPC symbol and a region.
"""

import gzip
import sys
from collections import Counter
from pathlib import Path

import msgspec

from services.matcher.engine.bibliography import publication_keys
from services.matcher.health.bibliography_shares import LEAST
from shared.wire.publication import Publication

TARGET = Path(__file__).resolve().parents[1] / "services/matcher/resources/bibliography_shares.txt.gz"
PERSONAL = "who:"


def main() -> None:
    """Read publications from standard input and write the table."""
    decoder = msgspec.json.Decoder(Publication)
    counts: Counter[str] = Counter()
    publications = 0
    for line in sys.stdin.buffer:
        publications += 1
        counts.update({key for key in publication_keys(decoder.decode(line)) if not key.startswith(PERSONAL)})
    rows = sorted((key, count) for key, count in counts.items() if count >= LEAST)
    text = f"{publications}\n" + "".join(f"{key}\t{count}\n" for key, count in rows)
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{publications} publications, {len(rows)} keys, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
