"""Files of rings and of proposals: JSON Lines, the first line a header that names format and version."""

import os
from typing import TYPE_CHECKING, TypeVar

import msgspec

from services.matcher.rings.ring import Ring
from shared.errors import FutureSchemaError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

T = TypeVar("T", bound=msgspec.Struct)

RINGS = "zhitui-rings"
VERSION = 1

_encoder = msgspec.json.Encoder()


class Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a file.

    Attributes:
        version: of the format; a file of a later one is refused.
        revision: of the contents, for people; raised with every change of a curated file.
    """

    format: str
    version: int
    revision: str = ""


def parse_rings(raw: bytes, name: str) -> list[Ring]:
    """Read a whole file of rings.

    Args:
        raw: the file's bytes, UTF-8.
        name: what to call the file in an error.

    Raises:
        InvalidInputError: a line cannot be read; the message names it.
        FutureSchemaError: a later version wrote it.
    """
    return parse_lines(raw, name, RINGS, Ring)


def parse_lines(raw: bytes, name: str, form: str, kind: type[T]) -> list[T]:
    """Read a whole file of a format; errors as `parse_rings`."""
    lines = enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1)
    filled = [(number, line) for number, line in lines if line.strip()]
    _check_header(filled[0][1] if filled else b"", name, form)
    decoder = msgspec.json.Decoder(kind)
    rows = []
    for number, line in filled[1:]:
        try:
            rows.append(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InvalidInputError(f"{name} 第 {number} 行读不懂（{error}）；请改正或删去这一行") from error
    return rows


def _check_header(line: bytes, name: str, form: str) -> None:
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        header = None
    if header is None or header.format != form:
        wanted = _encoder.encode(Header(format=form, version=VERSION)).decode()
        raise InvalidInputError(f"{name}：不认识这个文件；它的第一行应当是 {wanted}")
    if header.version > VERSION:
        raise FutureSchemaError(f"{name}：由更新版本的知推写成（版本 {header.version}）；请升级知推")


def read_rings(path: "Path") -> list[Ring]:
    """Read a file of rings from disk.

    Raises:
        InvalidInputError: it, or a line of it, cannot be read.
        FutureSchemaError: a later version wrote it.
    """
    return read_lines(path, RINGS, Ring)


def read_lines(path: "Path", form: str, kind: type[T]) -> list[T]:
    """Read a file of a format from disk; errors as `read_rings`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{path}：无法读取（{error.strerror}），请检查路径和权限") from error
    return parse_lines(raw, str(path), form, kind)


def write_lines(path: "Path", form: str, rows: "Iterable[msgspec.Struct]") -> None:
    """Put a file in place of the old one, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.writelines(_encoder.encode(row) + b"\n" for row in (Header(format=form, version=VERSION), *rows))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
