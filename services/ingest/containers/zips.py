"""Zip archives: by their directory where zipfile reads it, else from their local headers."""

import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from services.ingest.containers.contents import Content, head_of, open_bounded, open_content, size_of
from services.ingest.containers.kinds import UNREADABLE, Kind, Member, Members, Troubles, UnusableError
from services.ingest.containers.limits import (
    MAX_ENTRIES,
    MAX_RATIO,
    MAX_TOTAL_BYTES,
    BombError,
    Budget,
    Walk,
    allowed_bytes,
)
from services.ingest.containers.local_headers import entry_at, streamed_members
from services.ingest.containers.volumes import beside, is_volume, names_before, volumes_before
from services.ingest.containers.zip_records import (
    DIRECTORY_ENTRY,
    ENCRYPTED_FLAG,
    END,
    END_RECORD,
    ENTRY,
    IN_EXTRA_FIELD,
    STREAMED_FLAG,
    UTF8_NAME_FLAG,
    VOLUME,
)
from services.ingest.normalise.text import clean
from services.ingest.records import decoded_name

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHECKS_AT, _CHECKS = 14, struct.Struct("<III")
"""CRC, packed size and size in the header before an entry (4.3.7)."""

_READ_BYTES = 256 * 1024
_UNIX = 3
_TEXTS = (b"<", b"{", b"[")
"""Most files begin so, and are not looked at from behind."""

_EXCEL_PART = b"[Content_Types].xml"


def recognises(head: bytes, content: Content | None) -> bool:
    """Whether it is a zip, also one behind a program or other data, or a volume of one; but no Office document."""
    if head.lstrip()[:1] in _TEXTS:
        return False
    if isinstance(content, Path) and (is_volume(content) or volumes_before(content)):
        return True
    if head.startswith((ENTRY, VOLUME)):
        return not _is_office(head, content)
    return head.startswith(END) or (content is not None and _ends_as_zip(content))


def _is_office(head: bytes, content: Content | None) -> bool:
    """Whether it is a spreadsheet or its like, told by the part that each of them has."""
    if _EXCEL_PART in head or content is None:
        return _EXCEL_PART in head
    try:
        with open_bounded(content) as file, zipfile.ZipFile(file) as archive:
            return _EXCEL_PART.decode() in archive.NameToInfo
    except (*UNREADABLE, OSError):
        return False


def _ends_as_zip(content: Content) -> bool:
    """Whether it ends in a directory and its end record, without a comment, and holds what they tell of."""
    size = size_of(content)
    if size < END_RECORD.size:
        return False
    with open_content(content) as file:
        file.seek(size - END_RECORD.size)
        signature, _, _, _, entries, directory_bytes, _, comment = END_RECORD.unpack(file.read(END_RECORD.size))
        at = size - END_RECORD.size - directory_bytes
        if signature != END or comment or not entries or at < 0:
            return False
        file.seek(at)
        return file.read(len(DIRECTORY_ENTRY)) == DIRECTORY_ENTRY


def members(content: Content, budget: Budget, troubles: Troubles) -> Members:
    """Yield the entries.

    Raises:
        BombError: it declares more than it may hold; nothing was read.
        UnusableError: it is one of several volumes, and not all are there.
    """
    if isinstance(content, Path) and (volumes := _volumes(content)):
        budget.packed_bytes = size_of(volumes)
        yield from streamed_members(volumes, troubles, "分卷之间接不上")
        return
    stream = open_bounded(content)
    try:
        archive = zipfile.ZipFile(stream)
    except (*UNREADABLE, OSError) as error:
        stream.close()
        yield from streamed_members(content, troubles, str(error))
        return
    with stream, archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        _check(infos, budget.walk)
        for info in infos:
            if info.create_system == _UNIX and stat.S_ISLNK(info.external_attr >> 16):
                budget.walk.inventory.left_out["link"] += 1
            elif info.flag_bits & ENCRYPTED_FLAG:
                troubles.encrypted.append(_shown(info))
            else:
                yield Member(
                    name=_shown(info),
                    open=partial(_opened, archive, info, content),
                    again=True,
                    packed_bytes=min(info.compress_size, size_of(content)),
                    size_bytes=info.file_size,
                )


def _volumes(path: Path) -> tuple[Path, ...]:
    """Return all volumes of a zip that has several, in their order."""
    if is_volume(path):
        raise UnusableError(
            "zip-volume", "这是分卷压缩包中的一卷，单独读不了；请把各卷和最后的 .zip 放在同一个文件夹里，读取 .zip。"
        )
    count = volumes_before(path)
    if not count:
        return ()
    found, names = beside(path), names_before(path, count)
    missing = [name for name in names if name not in found]
    if missing and head_of(path, len(ENTRY)) == ENTRY:
        return ()  # in one piece, whatever its end record says
    if missing:
        shown = "、".join(missing[:5])
        raise UnusableError(
            "missing-volume", f"分卷压缩包共 {count + 1} 卷，缺 {len(missing)} 卷：{shown}；请补齐后放在一起重新读取。"
        )
    return (*(found[name] for name in names), path)


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, content: Content) -> BinaryIO:
    try:
        if _differs(archive, info):
            with archive.open(info) as stream:
                while stream.read(_READ_BYTES):
                    pass
        return cast("BinaryIO", archive.open(info))
    except (NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError):
        # A method that zipfile does not know, or a directory that is not true: the header may be.
        return entry_at(content, info.header_offset)


def _differs(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether CRC and sizes before the entry are others than the directory tells; false where they stand behind it (APPNOTE.TXT, 4.4.4)."""
    if info.flag_bits & STREAMED_FLAG or archive.fp is None:
        return False
    archive.fp.seek(info.header_offset + _CHECKS_AT)
    told = archive.fp.read(_CHECKS.size)
    return len(told) == _CHECKS.size and _CHECKS.unpack(told) not in (
        (info.CRC, info.compress_size, info.file_size),
        (info.CRC, IN_EXTRA_FIELD, IN_EXTRA_FIELD),
    )


def _check(infos: "Sequence[zipfile.ZipInfo]", walk: Walk) -> None:
    """Look at what it declares before anything is read; what it holds in truth is counted while reading."""
    if walk.entries + len(infos) > MAX_ENTRIES:
        raise BombError(f"压缩包里的文件超过 {MAX_ENTRIES} 个", whole=True)
    if walk.total_bytes + sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise BombError(f"压缩包解开后超过 {MAX_TOTAL_BYTES // 1024**3} GiB")
    for info in infos:
        if info.file_size > allowed_bytes(info.compress_size):
            raise BombError(f"压缩包里的 {_shown(info)} 解开后会是压缩时的 {MAX_RATIO} 倍以上")


def _shown(info: zipfile.ZipInfo) -> str:
    """Return an entry's name for people; what does not say that it is UTF-8 was read as cp437, which it hardly ever is."""
    name = info.filename
    if not info.flag_bits & UTF8_NAME_FLAG:
        with suppress(UnicodeEncodeError):  # told in a field beside it, as newer Pythons read it
            name = decoded_name(name.encode("cp437"))
    return clean(name)


KIND = Kind(name="zip", called="压缩包", recognises=recognises, members=members)
