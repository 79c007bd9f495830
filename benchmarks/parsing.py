"""How fast files become publications, next to the bare libraries over the same content in the same run.

The gazette and the full texts of the reference data where they lie beside the checkout, else made ones of the same shape.
"""

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from benchmarks.material import gazette_files
from services.ingest.reader import Reading
from services.ingest.records import Rejected
from shared.kept import Kept
from shared.runtime.memory import collect_rarely

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data"
ROUNDS = 9
XML_COPIES = 300


def run() -> list[tuple[str, str]]:
    """Return (name, figure) rows."""
    collect_rarely()  # as `zhitui up` does before it begins
    with tempfile.TemporaryDirectory() as folder:
        return [*_gazette(Path(folder)), *_full_texts(Path(folder))]


def _gazette(folder: Path) -> list[tuple[str, str]]:
    files = gazette_files(folder)

    def bare() -> int:
        rows = 0
        for file in files:
            with file.open(encoding="gb18030", newline="") as text:
                rows += sum(1 for _ in csv.reader(text))
        return rows

    rows = bare()
    bare_seconds, seconds = _in_turn(bare, lambda: _read(files, folder))
    return [
        ("gazette CSV, files to publications", f"{rows / seconds:,.0f} rows/s"),
        ("bare csv.reader over the same files", f"{rows / bare_seconds:,.0f} rows/s"),
        ("ratio (goal: at most 4)", f"{seconds / bare_seconds:.1f}×"),
    ]


def _full_texts(folder: Path) -> list[tuple[str, str]]:
    originals = [file.read_bytes() for file in sorted((REFERENCE / "cnipa-xml").glob("CN*.XML"))] or [_made_full_text()]
    files = []
    for number in range(XML_COPIES):
        file = folder / f"{number}.xml"
        file.write_bytes(originals[number % len(originals)])
        files.append(file)

    def bare() -> int:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return sum(1 for file in files if etree.fromstring(file.read_bytes(), parser) is not None)

    bare_seconds, seconds = _in_turn(bare, lambda: _read(files, folder))
    return [
        ("CNIPA XML, files to publications", f"{len(files) / seconds:,.0f} files/s"),
        ("bare lxml over the same files", f"{len(files) / bare_seconds:,.0f} files/s"),
        ("ratio (goal: at most 2)", f"{seconds / bare_seconds:.1f}×"),
    ]


def _read(files: list[Path], spool: Path) -> int:
    return sum(1 for file in files for item in Reading.of_path(file, spool) if not isinstance(item, Rejected))


def _forget() -> None:
    """Empty the caches, so that every round reads from nothing."""
    for module in [module for name, module in sys.modules.items() if name.startswith("services.ingest.normalise")]:
        for cached in vars(module).values():
            if isinstance(cached, Kept):
                cached.clear()
            # Tables are read once and stay; what has a size is a cache of values.
            elif hasattr(cached, "cache_parameters") and cached.cache_parameters()["maxsize"] is not None:
                cached.cache_clear()


def _in_turn(first: Callable[[], int], second: Callable[[], int]) -> tuple[float, float]:
    """Return the least CPU seconds of each, run in turn so that both meet the machine's good moments."""
    rounds = [(_seconds(first), _seconds(second)) for _ in range(ROUNDS)]
    return min(one for one, _ in rounds), min(other for _, other in rounds)


def _seconds(work: Callable[[], int]) -> float:
    _forget()
    began = time.process_time()
    work()
    return time.process_time() - began


def _made_full_text() -> bytes:
    claims = "".join(
        f"<b:Claim><b:ClaimText>{n}.一种固态电池，其特征在于。</b:ClaimText></b:Claim>" for n in range(300)
    )
    return (
        '<?xml version="1.0"?><b:PatentDocumentAndRelated xmlns:b="http://www.sipo.gov.cn/XMLSchema/business" country="CN"'
        ' docNumber="110007813" kind="A" datePublication="20190712"><b:BibliographicData><b:InventionTitle>一种固态电池'
        f"</b:InventionTitle></b:BibliographicData><b:Claims>{claims}</b:Claims></b:PatentDocumentAndRelated>"
    ).encode()


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<56} {figure}")
