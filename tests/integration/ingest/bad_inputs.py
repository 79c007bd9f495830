"""A table of inputs as the world sends them: what each is, and which reason it must end with."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.integration.ingest.made import HEADER, row, table

XML = """<?xml version="1.0" encoding="utf-8"?>
<business:PatentDocumentAndRelated xmlns:base="http://www.sipo.gov.cn/XMLSchema/base"
 xmlns:business="http://www.sipo.gov.cn/XMLSchema/business" country="CN" docNumber="110007813" kind="A"
 datePublication="20190712" lang="zh"><business:BibliographicData>
<business:InventionTitle lang="zh">一种固态电池</business:InventionTitle></business:BibliographicData>
</business:PatentDocumentAndRelated>"""

GOOD = {"publication_number": "CN110007813A", "kind": "A", "title": "一种固态电池", "published_on": "2019-07-12"}


@dataclass(frozen=True)
class Case:
    """One input.

    Attributes:
        make: the content, or a function that makes the input in a folder and returns its path.
        code: the reason it must be refused with; ``None`` when it must be read.
        rejected: how many records are refused.
        accepted: how many are read beside them.
    """

    id: str
    make: bytes | Callable[[Path], Path]
    code: str | None
    rejected: int = 1
    accepted: int = 0


def csv(*rows: str, encoding: str = "gb18030") -> bytes:
    return table(*rows).encode(encoding)


def lines(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def packed(entries: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(packed({"a.xml": XML.encode()}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def corrupted(content: bytes) -> bytes:
    """Spoil an entry's data; the directory stays whole."""
    spoilt = bytearray(content)
    at = 30 + struct.unpack_from("<H", spoilt, 26)[0] + 20
    spoilt[at : at + 8] = b"\xff" * 8
    return bytes(spoilt)


def nested(levels: int) -> bytes:
    content = packed({"a.xml": XML.encode()})
    for level in range(levels):
        content = packed({f"{level}.zip": content})
    return content


def long_line(folder: Path) -> Path:
    """Make a file with a line of 200 MB that takes no room on the disk."""
    path = folder / "long.csv"
    with path.open("wb") as file:
        file.write((HEADER + "\n" + row("CN110007814A") + "\n").encode("gb18030"))
        file.seek(200_000_000, io.SEEK_CUR)
        file.write(b"\n" + row("CN110007815A").encode("gb18030") + b"\n")
    return path


def folder_named_like_a_file(folder: Path) -> Path:
    path = folder / "x.csv"
    path.mkdir()
    return path


def dangling_link(folder: Path) -> Path:
    path = folder / "gone.csv"
    path.symlink_to(folder / "nowhere")
    return path


MIXED = table(row("CN110007813A")).encode("gb18030") + (row("CN110007814A", name="一种聚合物电解质膜") + "\n").encode()

CASES = (
    # Files that hold nothing
    Case("empty file", b"", "empty"),
    Case("only a byte order mark", b"\xef\xbb\xbf", "empty"),
    Case("only white space", b" \n\r\n\t", "empty"),
    Case("only the header", HEADER.encode() + b"\n", "no-records"),
    Case("only the header, no line end", HEADER.encode(), "no-records"),
    Case("an empty folder named x.csv", folder_named_like_a_file, "empty"),
    Case("a dangling link", dangling_link, "unreadable"),
    Case("a file that is not there", lambda folder: folder / "none.csv", "unreadable"),
    # Other kinds of files
    Case("a challenge page", b"<!DOCTYPE html><html><script>location.reload()</script></html>", "html"),
    Case("a PDF", b"%PDF-1.7 ...", "pdf"),
    Case("half an old Excel file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "torn-workbook"),
    Case("an Excel file without sheets", packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "empty"),
    Case("a Word file", packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "xlsx"),
    Case("half a gzip file", b"\x1f\x8b\x08" + bytes(30), "torn-archive"),
    Case("a RAR file", b"Rar!\x1a\x07\x00", "rar"),
    Case("half a 7z file", b"7z\xbc\xaf\x27\x1c", "torn-archive"),
    Case("plain text", "这里没有表头\n也没有数据\n".encode(), "unrecognised"),
    Case("random bytes", bytes(range(256)) * 20, "unrecognised"),
    Case("NUL bytes alone", bytes(4096), "unrecognised"),
    Case("a table without header", row().encode("gb18030"), "unrecognised"),
    # Encodings
    Case("UTF-16 with byte order mark", table(row()).encode("utf-16"), "utf-16"),
    Case("UTF-16 big endian", b"\xfe\xff" + table(row()).encode("utf-16-be"), "utf-16"),
    Case("UTF-8 with byte order mark", csv(row(), encoding="utf-8-sig"), None, 0, 1),
    Case("UTF-8", csv(row(), encoding="utf-8"), None, 0, 1),
    Case("a UTF-8 row in a GB18030 file", MIXED, None, 0, 2),
    Case("a row in no encoding", csv(row()) + b"2,\xff\xff\x80" + row()[1:].encode("gb18030"), "bad-encoding", 1, 1),
    Case("a NUL byte in a row", csv(row("CN110007814A"), row(name="一种\0电池")), "nul-bytes", 1, 1),
    Case("control characters in a title", csv(row(name="一种\x07固态\x1b电池")), None, 0, 1),
    # Tables
    Case("a duplicate header column", table(row()).replace("item", "name").encode(), "duplicate-column"),
    Case("a missing number column", table(row()).replace("authorization_notice_id", "x").encode(), "missing-column"),
    Case("a missing name column", table(row()).replace(",name", ",x").encode(), "missing-column"),
    Case("a missing column that is not needed", table(row()).replace("Int.Cl.", "x").encode(), None, 0, 1),
    Case("extra cells", csv(row() + ",x,y"), "wrong-cell-count"),
    Case("extra cells that are empty", csv(row() + ",,"), None, 0, 1),
    Case("a short row", csv("1,一种电池,CN110007813A"), "wrong-cell-count"),
    Case("a comma in an unquoted title", csv(row(name="电池,及其制法")), "wrong-cell-count"),
    Case("a comma in a quoted title", csv(row(name='"电池,及其制法"')), None, 0, 1),
    Case("a line break in a quoted title", csv(row(name='"电池\n及其制法"')), None, 0, 1),
    Case("a quote that never closes", csv(row(name='"电池'), row("CN110007814A")), "unclosed-quote", 1, 1),
    Case("a quote amid a title", csv(row(name='15"显示屏')), None, 0, 1),
    Case("CR LF line ends", csv(row()).replace(b"\n", b"\r\n"), None, 0, 1),
    Case("CR line ends", csv(row(), row("CN110007814A")).replace(b"\n", b"\r"), None, 0, 2),
    Case("blank lines", csv(row(), "", "   ", row("CN110007814A")), None, 0, 2),
    Case("a line of 200 MB", long_line, "line-too-long", 1, 2),
    Case("the last line cut off", csv(row("CN110007814A")) + "2,一种电".encode("gb18030"), "wrong-cell-count", 1, 1),
    # Values
    Case("no number", csv(row("")), "no-number"),
    Case("a ruined publication number", csv(row("1.1E+08")), "bad-number"),
    Case("a number without kind", csv(row("CN110007813")), "bad-number"),
    Case("a number of twelve digits", csv(row("CN110007813123A")), "bad-number"),
    Case("a kind that the number does not have", csv(row("CN110007813U")), "kind-mismatch"),
    Case("a number with separators", csv(row("cn 110007813 a")), None, 0, 1),
    Case("a ruined application number", csv(row(filing_id="2.01785E+11")), None, 0, 1),
    Case("a wrong check digit", csv(row(filing_id="2009101904291")), None, 0, 1),
    Case("no title", csv(row(name="  ")), "bad-title"),
    Case("an overlong title", csv(row(name="电" * 2001)), "bad-title"),
    Case("29 February of a common year", csv(row(date="2019.02.29")), "bad-date"),
    Case("a date in words", csv(row(date="去年夏天")), "bad-date"),
    Case("a year of the far future", csv(row(date="9019.07.09")), "bad-date"),
    Case("a date of next year", csv(row(date="2030.01.01")), None, 0, 1),
    Case("an impossible filing date", csv(row(filing_date="2019.02.30")), None, 0, 1),
    # XML
    Case("truncated XML", XML[:-60].encode(), "bad-xml"),
    Case("an undeclared namespace", XML.replace("xmlns:business", "xmlns:other").encode(), "bad-xml"),
    Case(
        "a bomb of entities",
        XML.replace("?>", '?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>', 1)
        .replace("固态", "&b;")
        .encode(),
        "xml-entities",
    ),
    Case(
        "an external entity",
        XML.replace("?>", '?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', 1)
        .replace("固态", "&a;")
        .encode(),
        "xml-entities",
    ),
    Case("a DTD that is not there", XML.replace("?>", '?><!DOCTYPE x SYSTEM "/no.dtd"[]>', 1).encode(), None, 0, 1),
    Case("another root", b"<?xml version='1.0'?><a>PatentDocumentAndRelated</a>", "unrecognised"),
    Case("a full text without bibliography", b"<?xml version='1.0'?><PatentDocumentAndRelated/>", "wrong-root"),
    Case("a title that is an endless line", XML.replace("一种", "一种" + " " * 1_000_000).encode(), None, 0, 1),
    Case("a foreign XML", b"<?xml version='1.0'?><svg/>", "unrecognised"),
    Case("a feed without items", b"<?xml version='1.0'?><rss/>", "no-records"),
    Case("an answer of OPS that is a fault", b"<fault><code>CLIENT.NotFound</code></fault>", "ops-fault"),
    Case("an application's empty body", b"<?xml version='1.0'?><cn-application-body/>", "wrong-root"),
    Case(
        "an application's body without its number",
        b"<?xml version='1.0'?><cn-application-body><cn-claims/></cn-application-body>",
        "no-application-number",
    ),
    Case("XML without a title", XML.replace("一种固态电池", "0").encode(), "bad-title"),
    Case("XML without a number", XML.replace("110007813", "0").encode(), "bad-number"),
    Case("XML with an impossible date", XML.replace("20190712", "20191340").encode(), "bad-date"),
    Case(
        "XML with a claim of a novel's length",
        XML.replace(
            "</business:Patent",
            "<business:Claims><business:Claim>"
            + "字" * 250_001
            + "</business:Claim></business:Claims></business:Patent",
        ).encode(),
        "text-too-long",
    ),
    # Zips
    Case("an empty zip", packed({}), "empty"),
    Case(
        "a torn zip",
        packed({"a.xml": XML.encode(), "b.xml": XML.replace("813", "814").encode()})[:-200],
        "torn-zip",
        1,
        1,
    ),
    Case("a zip cut in its first entry", packed({"a.xml": XML.encode()})[:200], "torn-zip", 1, 0),
    Case(
        "a zip with a spoilt entry", corrupted(packed({"a.xml": XML.encode(), "b.xml": XML.encode()})), "torn-zip", 1, 1
    ),
    Case("a zip bomb", packed({"a.csv": bytes(20_000_000)}), "zip-bomb"),
    Case("a zip bomb in a zip", packed({"a.zip": packed({"a.csv": bytes(20_000_000)})}), "zip-bomb"),
    Case("zips nested too deep", nested(4), "zip-depth"),
    Case("a zip in a zip", nested(2), None, 0, 1),
    Case("an encrypted zip", encrypted(), "encrypted-zip"),
    Case("a zip with names that climb", packed({"../../evil.xml": XML.encode()}), None, 0, 1),
    Case("a zip with absolute names", packed({"/d/CN1.XML": XML.encode()}), None, 0, 1),
    Case("a zip with a web page in it", packed({"a.xml": XML.encode(), "b.xml": b"<html></html>"}), "html", 1, 1),
    # JSON Lines
    Case("a JSON array", b"[" + lines() + b"]", "json-array"),
    Case("a number where text belongs", lines(title=5), "bad-shape"),
    Case("a JSON object of something else", b'{"hello": "world"}', "bad-shape"),
    Case("a date in dots", lines(published_on="2019.07.12"), "bad-shape"),
    Case("a kind that is not the number's", lines(kind="B"), "kind-mismatch"),
    Case("a wrong number", lines(publication_number="CN1A"), "bad-number"),
    Case("a title of blanks", lines(title=" "), "bad-title"),
    Case("a lone surrogate", lines().replace(b'"kind"', b'"agency": "\\ud800", "kind"'), "bad-json"),
    Case("half a JSON object", lines()[:-20], "bad-json"),
    Case("JSON nested without end", b'{"a":' * 5000, "bad-json"),
    Case("JSON in GB18030", json.dumps(GOOD, ensure_ascii=False).encode("gb18030"), "bad-json"),
    Case("unknown keys", lines(hello="world"), None, 0, 1),
    Case("one object over many lines", json.dumps(GOOD, indent=2).encode(), None, 0, 1),
    Case("a bad line between good ones", lines() + b"\n{oops}\n" + lines(title="另一个"), "bad-json", 1, 2),
    Case(
        "an overlong JSON line",
        lines() + b"\n" + b'{"x":"' + b"a" * 1_500_000 + b'"}\n' + lines(),
        "line-too-long",
        1,
        2,
    ),
)
