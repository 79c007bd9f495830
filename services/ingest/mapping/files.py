"""Mapping files in TOML, read and written."""

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

from services.ingest.formats import spreadsheet
from services.ingest.formats.tables.layout import NEEDED, Layout, Texts, column_name
from services.ingest.normalise.record import RawRecord
from services.ingest.normalise.text import clean
from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

FIELDS = tuple(name for name in RawRecord.__struct_fields__ if name not in {"source", "kindless", "family_id"})
"""What a column may hold, and a constant be."""

DATE_ORDERS = ("ymd", "dmy", "mdy")
MAX_FILE_BYTES = 256 * 1024

_KEYS = ("name", "sheet", "header_row", "separator", "date_order", "columns", "constants")
_NAME = re.compile(r"[a-z0-9][a-z0-9._\-]{0,39}")
_DATES = ("published_on", "filed_on", "event_on")
_JOINED = ("applicants", "inventors", "ipc", "locarno", "addresses", "regions")
_DAY_OR_MONTH_FIRST = re.compile(r"([0-9]{1,2})([./\-])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_CHINESE_NUMBER = re.compile(r"(?:CN|ZL)?\s*([0-9]{7,9})\s*([A-Z][0-9]?)?", re.IGNORECASE)


def read_mapping(path: "Path") -> Layout:
    """Return the layout that a mapping file describes.

    Raises:
        InvalidInputError: it cannot be read, or says something that cannot be; file, line and key are told.
    """
    try:
        raw = path.read_bytes()
        text = raw[: MAX_FILE_BYTES + 1].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"映射文件 {path} 读不出来（{error}）；它应是 UTF-8 编码的 TOML 文件。") from error
    if len(raw) > MAX_FILE_BYTES:
        raise InvalidInputError(f"映射文件 {path} 过大；请检查是不是放错了文件。")
    return mapping_of(text, path.name)


def mapping_of(text: str, called: str = "") -> Layout:
    """Return the layout that a mapping file's text describes.

    Args:
        text: TOML.
        called: the file's name, for what is said when it is wrong.

    Raises:
        InvalidInputError: it says something that cannot be; line and key are told.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = f"第 {place[1]} 行" if place else "末尾"
        raise InvalidInputError(f"映射文件 {called} {line}不是合法的 TOML（{error}）；请改正后再试。") from error
    return _Reader(called, text).layout(told)


def written_mapping(
    *,
    name: str,
    columns: "Mapping[str, Sequence[str]]",
    sheet: str | None = None,
    separator: str = "",
    date_order: str = "",
    notes: "Sequence[str]" = (),
) -> str:
    """Return a mapping file."""
    lines = [f"# {clean(note)}" for note in notes]
    lines.append(f"name = {_quoted(name)}")
    if sheet:
        lines.append(f"sheet = {_quoted(sheet)}")
    if separator:
        lines.append(f"separator = {_quoted(separator)}")
    if date_order:
        lines.append(f"date_order = {_quoted(date_order)}")
    lines += ["", "[columns]"]
    for field, names in columns.items():
        shown = [_quoted(one) for one in names]
        lines.append(f"{field} = {shown[0] if len(shown) == 1 else '[' + ', '.join(shown) + ']'}")
    lines += ["", "[constants]", '# kind = "B"  # 每一行都一样的值写在这里，例如种类码、事件']
    return "\n".join(lines) + "\n"


class _Reader:
    """Turns what TOML says into a layout."""

    def __init__(self, called: str, text: str) -> None:
        self._called = called
        self._lines = text.splitlines()

    def layout(self, told: "Mapping[str, Any]") -> Layout:
        for key in told:
            if key not in _KEYS:
                raise self._wrong(key, f"不认识的键；可以写的有 {'、'.join(_KEYS)}")
        columns = self._columns(told.get("columns"))
        constants = self._constants(told.get("constants", {}))
        for field in NEEDED:
            if field not in columns and field not in constants:
                raise self._wrong("columns", f"缺少 {field}：没有它，一行就不成一条记录")
        both = next((field for field in columns if field in constants and field != "kind"), None)
        if both:
            raise self._wrong(both, "既写成了列，又写成了常量；请只留一个")
        separator = self._text(told, "separator", "")
        order = self._text(told, "date_order", DATE_ORDERS[0])
        if order not in DATE_ORDERS:
            raise self._wrong("date_order", f"只能是 {'、'.join(DATE_ORDERS)}")
        return Layout(
            name=self._name(told),
            format_name=spreadsheet.NAME,
            columns=columns,
            constants=constants,
            is_written_down=True,
            sheet=self._text(told, "sheet", "") or None,
            header_row=self._row(told),
            finish=_finishing(separator, order),
        )

    def _columns(self, told: object) -> dict[str, tuple[str, ...]]:
        if not isinstance(told, dict) or not told:
            raise self._wrong("columns", '要有 [columns]，每行写一个：字段 = "列名"')
        columns = {}
        for field, names in told.items():
            self._known(field)
            some = (names,) if isinstance(names, str) else names
            if not isinstance(some, (list, tuple)) or not some:
                raise self._wrong(field, "要写列名，或方括号里的几个列名")
            if not all(isinstance(one, str) and column_name(one) for one in some):
                raise self._wrong(field, "列名要写成引号里的文字")
            columns[field] = tuple(some)
        return columns

    def _constants(self, told: object) -> dict[str, str]:
        if not isinstance(told, dict):
            raise self._wrong("constants", "要写成 [constants] 一节")
        for field, value in told.items():
            self._known(field)
            if not isinstance(value, str):
                raise self._wrong(field, "常量要写成引号里的文字")
        return dict(told)

    def _known(self, field: str) -> None:
        if field not in FIELDS:
            raise self._wrong(field, f"不认识的字段；可以写的有 {'、'.join(FIELDS)}")

    def _name(self, told: "Mapping[str, Any]") -> str:
        name = self._text(told, "name", "")
        if not _NAME.fullmatch(name):
            raise self._wrong("name", '要写一个名字：小写字母、数字、- 和 .，最多 40 个字符，如 "centre-list"')
        return name

    def _row(self, told: "Mapping[str, Any]") -> int | None:
        row = told.get("header_row")
        if row is not None and (not isinstance(row, int) or isinstance(row, bool) or row < 1):
            raise self._wrong("header_row", "要写表头的行号，从 1 数起")
        return row

    def _text(self, told: "Mapping[str, Any]", key: str, otherwise: str) -> str:
        value = told.get(key, otherwise)
        if not isinstance(value, str):
            raise self._wrong(key, "要写成引号里的文字")
        return value

    def _wrong(self, key: str, what: str) -> InvalidInputError:
        begins = re.compile(rf'\s*\[?"?{re.escape(key)}"?\s*[\]=]')
        line = next((at for at, text in enumerate(self._lines, 1) if begins.match(text)), None)
        return InvalidInputError(f"映射文件 {self._called}{f' 第 {line} 行' if line else ''}，{key}：{what}。")


def _finishing(separator: str, date_order: str) -> "Callable[[Texts], Iterable[Texts]]":
    """Return what brings a row's texts into the form that the rules of normalisation know."""

    def finish(texts: Texts) -> "Iterable[Texts]":
        if separator:
            for name in _JOINED:
                if name in texts:
                    texts[name] = texts[name].replace(separator, ";")
        if date_order != DATE_ORDERS[0]:
            for name in _DATES:
                if name in texts:
                    texts[name] = _year_first(texts[name].strip(), date_order)
        number = _CHINESE_NUMBER.fullmatch(texts.get("publication_number", "").strip())
        if number is not None:
            kind = number[2] or texts.pop("kind", "")
            texts["publication_number"] = f"CN{number[1]}{kind}"
        return (texts,)

    return finish


def _year_first(text: str, order: str) -> str:
    match = _DAY_OR_MONTH_FIRST.match(text)
    if match is None:
        return text
    day, month = (match[1], match[3]) if order == "dmy" else (match[3], match[1])
    return f"{match[4]}-{month}-{day}"


def _quoted(text: str) -> str:
    # A string of JSON is one of TOML, but for this one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
