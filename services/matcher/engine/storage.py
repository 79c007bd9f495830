"""An index in a file: versioned, checksummed, and opened in a moment.

The file begins with a magic number, the length of a heading in JSON and its checksum; the arrays follow, each at a multiple of 64
bytes. The heading says what the index was made by (`provenance`): what another version of the matcher made, or other
synonym rings, is stale, and is made anew from the profiles.
"""

import os
import time
import unicodedata
import zlib
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from services.matcher.engine.index import Index, Keys, Profiles, Rules, Strings, Wordings, Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from numpy.typing import NDArray

    from services.matcher.rings.rings import Rings

MAGIC = b"ZHITUIX1"
UNFINISHED = ".part"
"""How the name of a file ends that is being written, or whose writer was killed."""
_ALIGNMENT = 64
_PREFIX = len(MAGIC) + 8
_GROUPS: dict[str, Any] = {"words": Words, "keys": Keys, "wordings": Wordings, "rules": Rules, "profiles": Profiles}
_MADE_BY = ("jieba", "opencc")
"""Packages whose tables are in an index, as are Python's own of characters."""


class _Array(msgspec.Struct, frozen=True):
    kind: str
    shape: tuple[int, ...]
    offset: int


class _Heading(msgspec.Struct, frozen=True):
    provenance: str
    note: dict[str, int]
    arrays: dict[str, _Array]
    size: int
    checksum: int


class UnusableIndexError(Exception):
    """The file is not there, is damaged, or was made by something else; the message says which."""


@cache
def _matcher_digest() -> bytes:
    """Return a digest of the matcher's own code and tables: whatever changes there may change an index."""
    digest = blake2b(digest_size=16)
    for path in sorted(_files_of(files("services.matcher")), key=lambda one: one.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for made_by in (*map(version, _MADE_BY), unicodedata.unidata_version):
        digest.update(made_by.encode())
    return digest.digest()


def _files_of(folder: "Traversable") -> "Iterator[Traversable]":
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "__pycache__":  # compiled code, which comes and goes
                yield from _files_of(path)
        else:
            yield path


def provenance(rings: "Rings") -> str:
    """Return what an index made now would be made by."""
    return blake2b(_matcher_digest() + rings.fingerprint.encode(), digest_size=16).hexdigest()


def save(index: Index, path: "Path", *, provenance: str, note: dict[str, int]) -> None:
    """Write an index, whole or not at all.

    Args:
        index: what to keep.
        path: the file; one that is there is replaced when the new one is safe.
        provenance: see `provenance`.
        note: whatever the caller wants back, such as how far the profiles were read.
    """
    arrays: dict[str, NDArray[Any]] = dict(_named(index))
    places: dict[str, _Array] = {}
    size = 0
    for name, array in arrays.items():
        places[name] = _Array(array.dtype.str, array.shape, size)
        size += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    checksum = 0
    for array in arrays.values():
        checksum = zlib.crc32(np.ascontiguousarray(array).data.cast("B") if array.nbytes else b"", checksum)
    heading = msgspec.json.encode(_Heading(provenance, note, places, size, checksum))
    written = path.with_suffix(f".{os.getpid()}-{time.time_ns()}{UNFINISHED}")
    try:
        with written.open("wb") as file:
            file.write(MAGIC + len(heading).to_bytes(4, "little") + zlib.crc32(heading).to_bytes(4, "little") + heading)
            begin = _begin_of_arrays(len(heading))
            for name, array in arrays.items():
                file.seek(begin + places[name].offset)
                file.write(np.ascontiguousarray(array).data)
            file.truncate(begin + size)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def load(path: "Path", *, provenance: str) -> tuple[Index, dict[str, int]]:
    """Read an index back, and its note.

    Raises:
        UnusableIndexError: make it anew.
    """
    try:
        raw = np.fromfile(path, np.uint8)
    except OSError as error:
        raise UnusableIndexError(f"cannot be read ({error.strerror})") from error
    heading = _read_heading(raw, provenance)
    begin = _begin_of_arrays(int.from_bytes(raw[len(MAGIC) : len(MAGIC) + 4].tobytes(), "little"))
    if len(raw) != begin + heading.size:
        raise UnusableIndexError("has another length than it says")
    arrays = {}
    checksum = 0
    for name, place in heading.arrays.items():
        kind = np.dtype(place.kind)
        nbytes = kind.itemsize * int(np.prod(place.shape))
        data = raw[begin + place.offset : begin + place.offset + nbytes]
        checksum = zlib.crc32(data.data, checksum)
        arrays[name] = data.view(kind).reshape(place.shape)
    if checksum != heading.checksum:
        raise UnusableIndexError("is damaged")
    return _index_of(arrays), heading.note


def _read_heading(raw: "NDArray[np.uint8]", provenance: str) -> _Heading:
    if raw[: len(MAGIC)].tobytes() != MAGIC:
        raise UnusableIndexError("is no index of this version")
    length, checksum = np.frombuffer(raw[len(MAGIC) : _PREFIX].tobytes().ljust(8, b"\0"), "<u4").tolist()
    encoded = raw[_PREFIX : _PREFIX + length].tobytes()
    if not encoded or zlib.crc32(encoded) != checksum:
        raise UnusableIndexError("has a damaged heading")
    heading = msgspec.json.decode(encoded, type=_Heading)
    if heading.provenance != provenance:
        raise UnusableIndexError("was made by another version, or with other synonym rings")
    return heading


def _begin_of_arrays(heading_length: int) -> int:
    return -(-(_PREFIX + heading_length) // _ALIGNMENT) * _ALIGNMENT


def _named(index: Index) -> "Iterator[tuple[str, NDArray[Any]]]":
    for group, kind in _GROUPS.items():
        for name, value in zip(kind._fields, getattr(index, group), strict=True):
            if isinstance(value, Strings):
                yield f"{group}.{name}.data", value.data
                yield f"{group}.{name}.starts", value.starts
            else:
                yield f"{group}.{name}", value


def _index_of(arrays: "dict[str, NDArray[Any]]") -> Index:
    groups = []
    for group, kind in _GROUPS.items():
        values = [
            arrays[name]
            if (name := f"{group}.{field}") in arrays
            else Strings(arrays[f"{name}.data"], arrays[f"{name}.starts"])
            for field in kind._fields
        ]
        groups.append(kind(*values))
    return Index(*groups)
