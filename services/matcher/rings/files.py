"""Ring files: JSON Lines, the first line a header that names format and version, then one ring a line."""

import os
from typing import TYPE_CHECKING

import msgspec

from services.matcher.rings.ring import Ring
from shared.errors import FutureSchemaError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORMAT = "zhitui-rings"
VERSION = 1

_encoder = msgspec.json.Encoder()


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a ring file.

    Attributes:
        version: of the format; a file of a later one is refused.
        revision: of the contents, for people; raised with every change of a curated file.
    """

    format: str = FORMAT
    version: int = VERSION
    revision: str = ""


def parse_rings(raw: bytes, name: str) -> tuple[Header, list[Ring]]:
    """Read a whole ring file.

    Args:
        raw: the file's bytes, UTF-8.
        name: what to call the file in an error.

    Raises:
        InvalidInputError: a line cannot be read; the message names it.
        FutureSchemaError: a later version wrote it.
    """
    lines = [(number, line) for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1)]
    filled = [(number, line) for number, line in lines if line.strip()]
    if not filled:
        raise InvalidInputError(f"{name}：文件是空的；第一行应当是 {_encoder.encode(Header()).decode()}")
    header = _header(filled[0][1], name)
    return header, [_ring(line, f"{name} 第 {number} 行") for number, line in filled[1:]]


def _header(line: bytes, name: str) -> Header:
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        header = Header(format="")
    if header.format != FORMAT or b'"format"' not in line:
        raise InvalidInputError(f"{name}：不是词环文件；第一行应当是 {_encoder.encode(Header()).decode()}")
    if header.version > VERSION:
        raise FutureSchemaError(f"{name}：由更新版本的知推写成（版本 {header.version}）；请升级知推")
    return header


def _ring(line: bytes, where: str) -> Ring:
    try:
        return msgspec.json.decode(line, type=Ring)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{where}：不是词环（{error}）；请改正或删去这一行") from error


def read_rings(path: "Path") -> tuple[Header, list[Ring]]:
    """Read a ring file from disk.

    Raises:
        InvalidInputError: it, or a line of it, cannot be read.
        FutureSchemaError: a later version wrote it.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{path}：无法读取（{error.strerror}），请检查路径和权限") from error
    return parse_rings(raw, str(path))


def write_rings(path: "Path", rings: "Iterable[Ring]") -> None:
    """Put a ring file in place of the old one, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.writelines(_encoder.encode(row) + b"\n" for row in (Header(), *rings))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
