"""What is mutated: the goldens of every format, the same tables as workbooks of both kinds, and all of them packed in every way."""

import base64
import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import xlsxwriter

from shared.testing.xls import made_xls
from tests.integration.ingest.bad_inputs import CASES, XML

GOLDENS = Path(__file__).resolve().parents[1] / "golden" / "ingest"

_NO_INPUTS = frozenset({".json", ".toml", ".py", ".pyc"})
_LARGEST_TABLE_ROWS = 50
_MADE_ON = datetime(2026, 1, 5)  # noqa: DTZ001 - what a workbook says of itself has no zone
_SEVEN = base64.b64decode(
    "N3q8ryccAAQuKcNavgAAAAAAAAAUAAAAAAAAAC0spubgAE8ASF0APYiKB5N+ZbSXBAmmGOYSeTBmuSWwd5/dPfrebhC4pYSK4SfG4+nVW+mFsL"
    "p3pWDkuBKjxuGzP88NfkN2nYWFC5vxuuwj4bgAAOAAbgBmXQAAgTMHrg/SwW/9QMCQ0v90ofhxJlw6VFFEfkx3V1T5dPW5Rplw7AjcXXyKnsTf"
    "FVNvvrSSQK1NvHCCPFvKy0ejY9vKQIP4bTLDQQjQyv19IZE0kAprDSqkwNzoOTnMeowRQAAAAAAAFwZQAQluAAcLAQABISEBGAxvAAA="
)
"""A 7z of a JSON line and a page; its library writes the time of day into it, and an input must be made again."""


@dataclass(frozen=True)
class Seed:
    """An input to begin with.

    Attributes:
        kind: which mutations know their way about in it: ``xml``, ``json``, ``table``, ``xls``, ``zip``, ``packed``, ``other``.
    """

    name: str
    kind: str
    content: bytes


@cache
def seeds() -> tuple[Seed, ...]:
    """Return all of them, in an order that stays."""
    plain = tuple(_plain())
    return (*plain, *_workbooks(plain), *_packed(plain), *_bad(), *_old_workbooks(plain))


def _plain() -> Iterator[Seed]:
    for path in sorted(GOLDENS.glob("*/*")):
        if path.is_file() and path.suffix not in _NO_INPUTS and path.parent.name != "regions":
            content = path.read_bytes()
            yield Seed(f"{path.parent.name}/{path.name}", kind_of(content), content)
    yield Seed("cnipa_xml/made.xml", "xml", XML.encode())


def kind_of(content: bytes) -> str:
    """Return what a content is, by its first bytes."""
    head = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if content.startswith(b"PK"):
        return "zip"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if content.startswith((b"\x1f\x8b", b"7z")):
        return "packed"
    return {b"<": "xml", b"{": "json"}.get(head, "table")


def _workbooks(plain: tuple[Seed, ...]) -> Iterator[Seed]:
    for seed in plain:
        if seed.kind == "table" and seed.name.endswith((".csv", ".tsv")):
            yield Seed(f"{seed.name}.xlsx", "zip", _workbook(_rows(seed.content)))


def _old_workbooks(plain: tuple[Seed, ...]) -> Iterator[Seed]:
    for seed in plain:
        if seed.kind == "table" and seed.name.endswith((".csv", ".tsv")):
            sheets = {"说明": [["检索结果"]], "结果": _rows(seed.content)}
            yield Seed(f"xls/{seed.name}.xls", "xls", made_xls(sheets))


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    return [line.split("\t" if "\t" in line else ",") for line in text.splitlines()[:_LARGEST_TABLE_ROWS]]


def _workbook(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _MADE_ON})
        sheet = book.add_worksheet("结果")
        for place, cells in enumerate(rows):
            sheet.write_row(place, 0, cells)
    return out.getvalue()


def _packed(plain: tuple[Seed, ...]) -> Iterator[Seed]:
    some = {seed.name.replace("/", "-"): seed.content for seed in plain}
    day = zipped({"/CN1.XML": XML.encode(), "IDX/index.xml": b"<index/>", **some})
    yield Seed("packed/all.zip", "zip", day)
    yield Seed("packed/nested.zip", "zip", zipped({"outer/day.zip": day, "b.zip": zipped({"c.zip": day})}))
    yield Seed("packed/odd-names.zip", "zip", zipped(dict.fromkeys(ODD_NAMES, XML.encode())))
    yield Seed("packed/all.tar", "packed", tarred(some))
    yield Seed("packed/all.tar.gz", "packed", gzip.compress(tarred(some), mtime=0))
    yield Seed("packed/links.tar", "packed", tarred(some, links=ODD_NAMES))
    yield Seed("packed/one.xml.gz", "packed", gzip.compress(XML.encode(), mtime=0))
    yield Seed("packed/some.7z", "packed", _SEVEN)


def _bad() -> Iterator[Seed]:
    for case in CASES:
        if isinstance(case.make, bytes) and case.make:
            yield Seed(f"bad/{case.id}", kind_of(case.make), case.make)


ODD_NAMES = (
    "../../fuzz-escaped.csv",
    "/fuzz-escaped.csv",
    "C:\\fuzz-escaped.csv",
    "..\\..\\fuzz-escaped.csv",
    "CON",
    "a/./b/../c.xml",
    "CAFÉ.xml",
    "CAFE\u0301.xml",
    "café.XML",
    "a\x00b.xml",
    "\u202egpj.xml",
    "x" * 5000,
    " ",
    ".hidden.xml",
    "__MACOSX/._a.xml",
)


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these entries; always the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 0, 0, 0)), content, compression)
    return out.getvalue()


def tarred(entries: dict[str, bytes], links: tuple[str, ...] = ()) -> bytes:
    """Return a tar of these entries, and of links that lead to all kinds of places."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for place, target in enumerate(links):
            member = tarfile.TarInfo(f"link-{place}.xml")
            member.type, member.linkname = (tarfile.SYMTYPE, tarfile.LNKTYPE)[place % 2], target.replace("\0", "")
            archive.addfile(member)
        for kind in (tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(f"device-{kind!r}.xml")
            member.type = kind
            archive.addfile(member)
    return out.getvalue()
