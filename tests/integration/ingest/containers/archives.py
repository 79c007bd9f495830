"""Archives of every kind, as the world writes them and as nobody should."""

import bz2
import gzip
import io
import lzma
import struct
import sys
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import py7zr

from services.ingest.reader import Reading
from services.ingest.records import Parsed, Rejected
from tests.integration.ingest.bad_inputs import XML

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

JPEG = b"\xff\xd8\xff\xe0" + bytes(3000)
DIRECTORY = b"PK\x01\x02"


def number(n: int) -> str:
    """Return the publication number of the n-th full text."""
    return f"CN11000{7800 + n}A"


def full_text(n: int = 13) -> bytes:
    """Return a full text."""
    return XML.replace("110007813", f"11000{7800 + n}").encode()


Entries = Sequence[tuple[str, bytes]]


def zipped(entries: Entries, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            _add(archive, name, content, method)
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, method: int) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")
        archive.writestr(zipfile.ZipInfo(name), content, method)


class _Pipe(io.RawIOBase):
    """What cannot seek: a zip written to it has its sizes behind the entries."""

    def __init__(self) -> None:
        super().__init__()
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.content += data
        return len(data)


def streamed(entries: Entries) -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            _add(archive, name, content, zipfile.ZIP_DEFLATED)
    return bytes(pipe.content)


def large(entries: Entries) -> bytes:
    """Return a zip in the form of those over 4 GiB (zip64)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    return out.getvalue()


def tarred(entries: Entries, *links: tuple[str, bytes, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, kind, target in links:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return out.getvalue()


def sevenzipped(entries: Entries, password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        archive.set_encoded_header_mode(False)
        for name, content in entries:
            archive.writestr(content, name)
    return out.getvalue()


def renamed(content: bytes, old: str, new: str) -> bytes:
    """Return a 7z of a plain header with another name in it; both are equally long."""
    changed = bytearray(content.replace(old.encode("utf-16-le"), new.encode("utf-16-le")))
    offset, size = struct.unpack_from("<QQ", changed, 12)
    struct.pack_into("<I", changed, 28, zlib.crc32(changed[32 + offset : 32 + offset + size]))
    struct.pack_into("<I", changed, 8, zlib.crc32(changed[12:32]))
    return bytes(changed)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda content: gzip.compress(content, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}

WRITERS: dict[str, Callable[[Entries], bytes]] = {
    "zip": zipped,
    "stored zip": lambda entries: zipped(entries, zipfile.ZIP_STORED),
    "bzip2 zip": lambda entries: zipped(entries, zipfile.ZIP_BZIP2),
    "lzma zip": lambda entries: zipped(entries, zipfile.ZIP_LZMA),
    "streamed zip": streamed,
    "zip64": large,
    "7z": sevenzipped,
    "tar": tarred,
    "tar.gz": lambda entries: PACKERS["gz"](tarred(entries)),
    "tar.bz2": lambda entries: PACKERS["bz2"](tarred(entries)),
    "tar.xz": lambda entries: PACKERS["xz"](tarred(entries)),
    "tar.zst": lambda entries: PACKERS["zst"](tarred(entries)),
}


def split(content: bytes, folder: Path, volumes: int) -> list[Path]:
    """Write a zip in so many volumes; return them, the last one last."""
    content = b"PK\x07\x08" + content
    size = len(content) // volumes + 1
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    last = bytearray(pieces[-1])
    struct.pack_into("<H", last, last.rindex(b"PK\x05\x06") + 4, len(pieces) - 1)
    names = [f"day.z{n:02}" for n in range(1, len(pieces))] + ["day.zip"]
    for name, piece in zip(names, [*pieces[:-1], bytes(last)], strict=True):
        (folder / name).write_bytes(piece)
    return [folder / name for name in names]


def read(content: bytes | Path, folder: Path) -> tuple[dict[str, str], list[Rejected]]:
    """Read an input; return (location → number, what was refused). The spool folder must be as empty as before."""
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    path = content if isinstance(content, Path) else folder / "input"
    if isinstance(content, bytes):
        path.write_bytes(content)
    items = list(Reading.of_path(path, spool))
    parsed = [item for item in items if isinstance(item, Parsed)]
    assert len({item.location for item in parsed}) == len(parsed)
    rejected = [item for item in items if isinstance(item, Rejected)]
    kept = {item.raw for item in rejected if isinstance(item.raw, Path)}
    assert {file for file in spool.rglob("*") if file not in kept} == set()
    return {item.location: item.publication.publication_number for item in parsed}, rejected
