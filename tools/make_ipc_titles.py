"""Make ``services/matcher/resources/ipc_titles.txt.xz`` from a table of the IPC's Chinese titles.

Usage: ``python -m tools.make_ipc_titles ipc_2026.01_zh.tsv``; columns ``symbol``, ``level``, ``title_zh``. A line a place, in the order
of the scheme: the symbol, a tab, its title without references to other places
(``（…入A01C5/00）``) and numbers of editions (``〔2〕``). The International Patent
Classification is WIPO's, CC BY 4.0.
"""

import lzma
import re
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "services" / "matcher" / "resources" / "ipc_titles.txt.xz"

_REFERENCE = re.compile(r"[（(](?:[^（）()]|[（(][^（）()]*[）)])*[A-H]\d\d(?:[^（）()]|[（(][^（）()]*[）)])*[）)]")
"""A remark in brackets that names another place."""
_EDITION = re.compile(r"〔[0-9，,、]+〕|\[[0-9][0-9.,， ]*(?:\]|$)")
"""Which editions brought it, as some titles say at their end (``[1,2006.01]``, once without its end)."""
_COLUMNS = 3


def make(table: Path) -> bytes:
    """Return the titles; the same bytes for the same source."""
    rows = (row.split("\t") for row in table.read_text("utf-8").splitlines()[1:])
    return "".join(f"{row[0]}\t{_short(row[2])}\n" for row in rows if len(row) == _COLUMNS).encode()


def _short(title: str) -> str:
    return _EDITION.sub("", _REFERENCE.sub("", title)).strip() or title.strip()


if __name__ == "__main__":
    TARGET.write_bytes(lzma.compress(make(Path(sys.argv[1])), preset=9 | lzma.PRESET_EXTREME))
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
