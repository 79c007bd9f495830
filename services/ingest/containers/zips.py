"""Zip archives: entries are read one at a time; no path from an archive is ever written to disk by its name."""

import lzma
import shutil
import tempfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from services.ingest.containers.salvage import salvage
from services.ingest.normalise.text import clean
from services.ingest.records import FILE, Document, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES = 200_000
MAX_DEPTH = 3
MAX_ENTRY_BYTES = 8 * 1024**3
MAX_TOTAL_BYTES = 64 * 1024**3
MAX_RATIO = 200
"""Text of patents shrinks to a tenth; nothing honest shrinks to a two-hundredth."""

RATIO_FROM_BYTES = 8 * 1024**2
"""Below this size a ratio says nothing: a page of blanks is no bomb."""

_IN_MEMORY_BYTES = 1024**2
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_UTF8_NAME_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_EXCEL_PART = "[Content_Types].xml"
UNREADABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError)


@dataclass(slots=True)
class Walk:
    """What one input's archives have used up of the limits so far."""

    spool: Path
    total_bytes: int = 0
    entries: int = 0
    depth: int = 0


@dataclass(slots=True)
class _Troubles:
    """What could not be read of one archive; told once, for the archive whole."""

    broken: list[str] = field(default_factory=list)
    encrypted: list[str] = field(default_factory=list)


def is_zip(path: Path) -> bool:
    """Whether the file begins as a zip does."""
    with path.open("rb") as file:
        return file.read(4) in _MAGIC


def zip_documents(path: Path, location: str, walk: Walk) -> "Iterator[Document | Rejected]":
    """Yield the entries of an archive, and of archives in it; then what was wrong with it, if anything."""
    if walk.depth >= MAX_DEPTH:
        yield _refused(path, location, "zip-depth", f"压缩包嵌套超过 {MAX_DEPTH} 层，可能是压缩炸弹；请解开后再放入。")
        return
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE as error:
        yield from _salvaged(path, location, walk, str(error))
        return
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if any(info.filename == _EXCEL_PART for info in infos):
            yield _refused(path, location, "xlsx", "这是 Excel（xlsx）或 Office 文件；请另存为 CSV（UTF-8）后再放入。")
            return
        if not infos:
            yield _refused(path, location, "empty", "压缩包是空的；来源可能没有写完，请重新下载。")
            return
        if bomb := _bomb(infos, walk):
            yield _refused(path, location, "zip-bomb", f"{bomb}，可能是压缩炸弹；没有读取。")
            return
        troubles = _Troubles()
        for info in infos:
            yield from _entry(archive, info, location, walk, troubles)
    yield from _told(path, location, troubles)


def _entry(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, location: str, walk: Walk, troubles: _Troubles
) -> "Iterator[Document | Rejected]":
    name = _shown(info, location)
    if info.flag_bits & _ENCRYPTED_FLAG:
        troubles.encrypted.append(name)
        return
    try:
        with archive.open(info) as stream:
            nested = stream.read(4) in _MAGIC
            if nested:
                inner = _spooled(cast("BinaryIO", archive.open(info)), walk.spool)
    except (*UNREADABLE, OSError) as error:
        troubles.broken.append(f"{name}（{error}）")
        return
    if nested:
        walk.depth += 1
        try:
            yield from zip_documents(inner, name, walk)
        finally:
            walk.depth -= 1
            inner.unlink(missing_ok=True)
        return

    def whole() -> bytes | Path:
        with archive.open(info) as stream:
            return (
                stream.read() if info.file_size <= _IN_MEMORY_BYTES else _spooled(cast("BinaryIO", stream), walk.spool)
            )

    yield Document(
        location=name,
        open=lambda: cast("BinaryIO", archive.open(info)),
        raw=whole,
        spool=walk.spool,
        broken=troubles.broken,
    )


def _salvaged(path: Path, location: str, walk: Walk, error: str) -> "Iterator[Document | Rejected]":
    """Read a torn archive from its beginning as far as it goes."""
    limit = min(MAX_ENTRY_BYTES, MAX_RATIO * path.stat().st_size + RATIO_FROM_BYTES)
    read = 0
    for name, file in salvage(path, walk.spool, limit_bytes=limit):
        inner = f"{location}/{name}" if location else name
        if is_zip(file):
            walk.depth += 1
            yield from zip_documents(file, inner, walk)
            walk.depth -= 1
        else:
            yield Document(location=inner, open=lambda at=file: at.open("rb"), raw=lambda at=file: at, spool=walk.spool)  # type: ignore[misc]
        read += 1
    yield _refused(
        path,
        location,
        "torn-zip",
        f"压缩包损坏（{error}）：能读出的 {read} 个文件已读取，其余读不到；请从来源重新下载。",
    )


def _bomb(infos: list[zipfile.ZipInfo], walk: Walk) -> str | None:
    """Say what makes an archive a bomb; sizes are those it declares, and no entry is read beyond them."""
    walk.entries += len(infos)
    walk.total_bytes += sum(info.file_size for info in infos)
    if walk.entries > MAX_ENTRIES:
        return f"压缩包里的文件超过 {MAX_ENTRIES} 个"
    if walk.total_bytes > MAX_TOTAL_BYTES:
        return f"压缩包解开后超过 {MAX_TOTAL_BYTES // 1024**3} GiB"
    for info in infos:
        if info.file_size > MAX_ENTRY_BYTES:
            return f"压缩包里的一个文件超过 {MAX_ENTRY_BYTES // 1024**3} GiB"
        if info.file_size > max(RATIO_FROM_BYTES, MAX_RATIO * max(info.compress_size, 1)):
            return f"压缩包里的一个文件解开后是压缩时的 {MAX_RATIO} 倍以上"
    return None


def _told(path: Path, location: str, troubles: _Troubles) -> "Iterator[Rejected]":
    if troubles.broken:
        names = "、".join(troubles.broken[:5])
        yield _refused(
            path,
            location,
            "torn-zip",
            f"压缩包里有 {len(troubles.broken)} 个文件读不出来：{names}；其余已读取，请从来源重新下载。",
        )
    if troubles.encrypted:
        yield _refused(
            path,
            location,
            "encrypted-zip",
            f"压缩包里有 {len(troubles.encrypted)} 个文件加了密码；请用密码解开后再放入。",
        )


def _refused(path: Path, location: str, code: str, reason: str) -> Rejected:
    return Rejected(raw=path, location=location, reason_code=code, reason=reason, kind=FILE)


def _spooled(stream: BinaryIO, spool: Path) -> Path:
    with stream, tempfile.NamedTemporaryFile(dir=spool, delete=False) as out:
        shutil.copyfileobj(stream, out, 1024 * 1024)
    return Path(out.name)


def _shown(info: zipfile.ZipInfo, location: str) -> str:
    """Return an entry's name for people: Chinese names of old Windows tools are GB18030 read as cp437."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME_FLAG:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    name = clean(name).lstrip("/")
    return f"{location}/{name}" if location else name
