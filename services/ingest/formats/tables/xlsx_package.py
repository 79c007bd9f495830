"""An xlsx file as a package of parts: which sheets it has, which number styles are dates. Nothing is unpacked to disk.

The parts are those of ECMA-376 (Office Open XML): ``xl/workbook.xml`` names sheets, its relations name their parts.
"""

import posixpath
import re
import zipfile
from typing import IO, TYPE_CHECKING, NamedTuple

from lxml import etree

from services.ingest.containers.kinds import UNREADABLE as UNREADABLE_ARCHIVE
from services.ingest.formats.tables.model import BrokenTableError
from services.ingest.formats.xml_safety import SAFE_PARSER

if TYPE_CHECKING:
    from pathlib import Path

_MAX_SMALL_PART_BYTES = 16 * 1024**2
_MAX_PART_BYTES = 4 * 1024**3
_MAX_RATIO = 400
"""Sheets of equal cells shrink to a hundredth; nothing honest shrinks to a four-hundredth."""

_RATIO_FROM_BYTES = 16 * 1024**2
_ENCRYPTED_FLAG = 0x1
_BUILT_IN_DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58))
"""Number formats that need no definition: dates of all languages; those of times alone are left out."""

_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_LETTERS = re.compile(r"[yYdD年月日]")

UNREADABLE = (*UNREADABLE_ARCHIVE, OSError)


class SheetPart(NamedTuple):
    """A sheet: its name, and the part that holds it."""

    name: str
    part: str


class Package:
    """An open xlsx file.

    Raises:
        BrokenTableError: it is no such file, it is protected by a password, or it is larger than honest ones are.
    """

    def __init__(self, file: "Path | IO[bytes]") -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except UNREADABLE as error:
            raise torn(error) from error
        self._parts = {name.lstrip("/").lower(): name for name in self._zip.namelist()}
        workbook = self._xml(self._workbook_part())
        properties = workbook.find(".//{*}workbookPr")
        self.counts_from_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        self._targets = self._relations()
        self.sheets = tuple(self._sheets(workbook))
        self.strings_part = self._part_of_kind("sharedStrings") or self._known("xl/sharedStrings.xml")
        self.date_styles = self._date_styles()

    def size(self, part: str) -> int:
        """Return the declared size of a part in bytes; no more is ever read of it."""
        return self._zip.getinfo(part).file_size

    def open(self, part: str) -> IO[bytes]:
        """Open a part.

        Raises:
            BrokenTableError: it declares to be larger than honest parts are, or is encrypted.
        """
        info = self._zip.getinfo(part)
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise BrokenTableError("encrypted-workbook", "这个 xlsx 文件加了密码；请取消密码后另存，再放入。")
        limit = min(_MAX_PART_BYTES, max(_RATIO_FROM_BYTES, _MAX_RATIO * max(info.compress_size, 1)))
        if info.file_size > limit:
            raise BrokenTableError(
                "zip-bomb", f"xlsx 里的 {part[:80]} 解开后有 {info.file_size} 字节，可能是压缩炸弹；没有读取。"
            )
        try:
            return self._zip.open(info)
        except UNREADABLE as error:
            raise torn(error) from error

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _known(self, part: str) -> str | None:
        return self._parts.get(part.lstrip("/").lower())

    def _workbook_part(self) -> str:
        part = self._known("xl/workbook.xml")
        if part is None:
            relations = self._known("_rels/.rels")
            for one in self._xml(relations) if relations else ():
                if str(one.get("Type", "")).endswith("/officeDocument"):
                    part = self._known(str(one.get("Target", "")))
        if part is None:
            raise BrokenTableError(
                "xlsx",
                "这是 Office 文件，但不是 xlsx 工作簿（可能是 Word、PPT 或 xlsb）；请另存为 xlsx 或 CSV 后再放入。",
            )
        self._base = posixpath.dirname(part)
        self._workbook = part
        return part

    def _relations(self) -> dict[str, tuple[str, str]]:
        """Return relation id → (kind, part)."""
        part = self._known(f"{self._base}/_rels/{posixpath.basename(self._workbook)}.rels")
        found = {}
        for one in self._xml(part) if part else ():
            target = str(one.get("Target", ""))
            path = target if target.startswith("/") else posixpath.normpath(posixpath.join(self._base, target))
            if known := self._known(path):
                found[str(one.get("Id", ""))] = (str(one.get("Type", "")).rpartition("/")[2], known)
        return found

    def _sheets(self, workbook: etree._Element) -> "list[SheetPart]":
        sheets = []
        for sheet in workbook.iterfind(".//{*}sheets/{*}sheet"):
            ids = [str(value) for name, value in sheet.attrib.items() if str(name).endswith("}id")]
            kind, part = self._targets.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet":
                sheets.append(SheetPart(str(sheet.get("name", "")), part))
        return sheets

    def _part_of_kind(self, kind: str) -> str | None:
        return next((part for one, part in self._targets.values() if one == kind), None)

    def _date_styles(self) -> frozenset[str]:
        """Return the styles, as cells name them, that show a number as a date."""
        part = self._part_of_kind("styles")
        if part is None:
            return frozenset()
        styles = self._xml(part)
        dates = {str(number) for number in _BUILT_IN_DATES}
        for one in styles.iterfind("./{*}numFmts/{*}numFmt"):
            if _DATE_LETTERS.search(_LITERALS.sub("", str(one.get("formatCode", "")))):
                dates.add(str(one.get("numFmtId")))
        cells = styles.iterfind("./{*}cellXfs/{*}xf")
        return frozenset(str(index) for index, one in enumerate(cells) if one.get("numFmtId") in dates)

    def _xml(self, part: str) -> etree._Element:
        if self.size(part) > _MAX_SMALL_PART_BYTES:
            raise BrokenTableError("too-large", f"xlsx 里的 {part[:80]} 过大，不像正常的文件；请另存为 CSV 后再放入。")
        with self.open(part) as stream:
            try:
                return etree.fromstring(stream.read(), etree.XMLParser(**SAFE_PARSER))
            except (etree.XMLSyntaxError, *UNREADABLE) as error:
                raise torn(error) from error


def torn(error: Exception) -> BrokenTableError:
    """Return what to say of a file that cannot be read."""
    return BrokenTableError(
        "torn-workbook", f"xlsx 文件损坏（{str(error)[:200]}）；请从来源重新下载，或在 Excel 里打开后另存。"
    )
