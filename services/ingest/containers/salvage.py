"""Read a zip without its directory: what a torn download still holds.

Each entry begins with a local header (APPNOTE.TXT, 4.3.7); deflate data end by themselves, stored data need their size.
"""

import struct
import tempfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = struct.Struct("<4sHHHHHIIIHH")
_SIGNATURE = b"PK\x03\x04"
_DESCRIPTOR = b"PK\x07\x08"
_DESCRIPTOR_BYTES = 16
_STREAMED_FLAG = 0x8
_ENCRYPTED_FLAG = 0x1
_STORED, _DEFLATED = 0, 8
_BLOCK_BYTES = 256 * 1024


def salvage(path: Path, spool: Path, *, limit_bytes: int) -> "Iterator[tuple[str, Path]]":
    """Yield (name, file with the content) of each entry that is whole; the file is gone when the next is asked for."""
    with path.open("rb") as archive:
        while True:
            raw = archive.read(_HEADER.size)
            if len(raw) < _HEADER.size or not raw.startswith(_SIGNATURE):
                return
            _, _, flags, method, _, _, crc, packed, size, name_bytes, extra_bytes = _HEADER.unpack(raw)
            name = archive.read(name_bytes).decode("utf-8", "replace").lstrip("/")
            archive.seek(extra_bytes, 1)
            if flags & _ENCRYPTED_FLAG or method not in {_STORED, _DEFLATED}:
                if flags & _STREAMED_FLAG:
                    return
                archive.seek(packed, 1)
                continue
            with tempfile.NamedTemporaryFile(dir=spool) as out:
                if method == _DEFLATED:
                    found = _inflate(archive, out.file, limit_bytes)
                else:
                    found = _copy(archive, out.file, size) if not flags & _STREAMED_FLAG else None
                out.flush()
                if found is None or (not flags & _STREAMED_FLAG and found != crc):
                    return
                if not name.endswith("/"):
                    yield name, Path(out.name)
            if flags & _STREAMED_FLAG:
                place = archive.tell()
                if not archive.read(_DESCRIPTOR_BYTES).startswith(_DESCRIPTOR):
                    archive.seek(place + _DESCRIPTOR_BYTES - 4)


def _inflate(archive: BinaryIO, out: "IO[bytes]", limit_bytes: int) -> int | None:
    """Write out a deflate stream; return its CRC, ``None`` when it is torn or too large."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    crc = written = 0
    while not inflater.eof:
        block = inflater.unconsumed_tail or archive.read(_BLOCK_BYTES)
        if not block:
            return None
        try:
            data = inflater.decompress(block, _BLOCK_BYTES * 4)
        except zlib.error:
            return None
        crc = zlib.crc32(data, crc)
        written += len(data)
        if written > limit_bytes:
            return None
        out.write(data)
    archive.seek(-len(inflater.unused_data), 1)
    return crc


def _copy(archive: BinaryIO, out: "IO[bytes]", size: int) -> int | None:
    crc = 0
    while size:
        data = archive.read(min(size, _BLOCK_BYTES))
        if not data:
            return None
        crc = zlib.crc32(data, crc)
        out.write(data)
        size -= len(data)
    return crc
