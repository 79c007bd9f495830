"""How fast files become publications, next to the bare libraries over the same content in the same run.

The gazette and the full texts of the reference data where they lie beside the checkout, else made ones of the same shape.
"""

import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from services.ingest.normalise import applicants, dates, ipc, regions
from services.ingest.reader import Reading
from services.ingest.records import Rejected

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data"
ROUNDS = 3
XML_COPIES = 300

_HEADER = (
    "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,"
    "patentee,designer,address,Int.Cl."
)
_DISTRICTS = ("天河区五山路", "南沙区丰泽东路", "黄埔区科丰路", "番禺区迎宾路", "海珠区新港西路", "越秀区东风东路")


def run() -> list[tuple[str, str]]:
    """Return (name, figure) rows."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_gazette(Path(folder)), *_full_texts(Path(folder))]


def _gazette(folder: Path) -> list[tuple[str, str]]:
    files = sorted((REFERENCE / "gazette-2019-07-09").glob("*.csv")) or [_made_gazette(folder)]
    texts = [file.read_bytes().decode("gb18030") for file in files]

    def bare() -> int:
        return sum(sum(1 for _ in csv.reader(io.StringIO(text))) for text in texts)

    rows = bare()
    bare_seconds = _best(bare)
    seconds = _best(lambda: _read(files, folder))
    return [
        ("gazette CSV, bytes to publications", f"{rows / seconds:,.0f} rows/s"),
        ("bare csv.reader over the decoded text", f"{rows / bare_seconds:,.0f} rows/s"),
        ("ratio (goal: at most 6)", f"{seconds / bare_seconds:.1f}×"),
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

    bare_seconds = _best(bare)
    seconds = _best(lambda: _read(files, folder))
    return [
        ("CNIPA XML, files to publications", f"{len(files) / seconds:,.0f} files/s"),
        ("bare lxml over the same files", f"{len(files) / bare_seconds:,.0f} files/s"),
        ("ratio (goal: at most 2)", f"{seconds / bare_seconds:.1f}×"),
    ]


def _read(files: list[Path], spool: Path) -> int:
    """Read from nothing: what earlier rounds left in the caches is forgotten."""
    for cached in (
        applicants.split_names,
        applicants.applicants_of,
        dates.parse_date,
        ipc.ipc_symbols,
        ipc.locarno_classes,
        regions.cached_region,
    ):
        cached.cache_clear()
    return sum(1 for file in files for item in Reading.of_path(file, spool) if not isinstance(item, Rejected))


def _best(work: Callable[[], int]) -> float:
    def seconds() -> Iterator[float]:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            work()
            yield time.perf_counter() - start

    return min(seconds())


def _made_gazette(folder: Path) -> Path:
    rows = [
        f"{n},一种编号为{n}的固态电池及其制备方法,CN{110000000 + n}A,2019.07.09,2.02E+12,2017.09.19,某某{n % 3000}科技有限公司;,"
        f"张三;??李四{n % 999},510000广东省广州市{_DISTRICTS[n % 6]}{n}号,H01M10/{n % 700:04}(2010.01)I;??H01M4/{n % 90 + 10}(2010.01)I"
        for n in range(30_000)
    ]
    path = folder / "gazette.csv"
    path.write_bytes("\n".join([_HEADER, *rows]).encode("gb18030"))
    return path


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
