"""Zips read from their local headers, without a directory: torn ones, and what zipfile refuses.

stream-unzip unpacks one entry at a time and checks its sizes and CRC; it knows Deflate64. This module finds where entries
begin (APPNOTE.TXT, 4.3.7), so that one that cannot be read does not take those behind it with it.
"""

import struct
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from stream_unzip import stream_unzip

from services.ingest.containers.contents import Content, Several, open_content, size_of, stream_of
from services.ingest.containers.kinds import UNREADABLE, Member, Members, Troubles
from services.ingest.containers.zip_records import (
    DIRECTORY_ENTRY,
    ENCRYPTED_FLAG,
    END,
    END64,
    ENTRY,
    IN_EXTRA_FIELD,
    STREAMED_FLAG,
)
from services.ingest.normalise.text import clean
from services.ingest.records import decoded_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIRECTORY = (DIRECTORY_ENTRY, END, END64)
_HEADER = struct.Struct("<4sHHHHHIIIHH")

_FED_BYTES = 4096
"""So much is given to stream-unzip at a time: where an entry ends is known to so many bytes; from there its end is looked for."""

_LONGEST_DESCRIPTOR_BYTES = 24
_SEARCHED_BYTES = 256 * 1024
_MAX_STEPS = 1000
"""So many entries that cannot be read are stepped over; a file of nothing but headers keeps nobody busy."""


class _Header(NamedTuple):
    name: str
    encrypted: bool
    data_at: int
    packed_bytes: int | None


class _Entry:
    """The entry whose local header is at an offset; it may be read as often as one likes."""

    def __init__(self, content: Content | Several, at: int) -> None:
        self._content = content
        self._at = at
        self._fed_to = at
        self.whole = False
        self.spoilt = False

    def open(self) -> BinaryIO:
        return stream_of(self._chunks())

    def ends_after(self) -> int:
        """Return an offset a little before its end, once it was read."""
        return max(self._at + _HEADER.size, self._fed_to - _FED_BYTES - _LONGEST_DESCRIPTOR_BYTES)

    def _chunks(self) -> "Iterator[bytes]":
        try:
            _, _, chunks = next(iter(stream_unzip(self._blocks())))
            yield from chunks
        except (*UNREADABLE, StopIteration) as error:
            self.spoilt = True
            raise ValueError(str(error) or type(error).__name__) from error
        self.whole = True

    def _blocks(self) -> "Iterator[bytes]":
        with open_content(self._content) as file:
            file.seek(self._at)
            while block := file.read(_FED_BYTES):
                self._fed_to = file.tell()
                yield block
        # A torn archive may end right behind an entry; its last check wants to see what follows.
        yield DIRECTORY_ENTRY + bytes(_LONGEST_DESCRIPTOR_BYTES)


def entry_at(content: Content | Several, offset: int) -> BinaryIO:
    """Return the stream of the entry whose local header is there; reading raises a `ValueError` when it is not whole."""
    return _Entry(content, offset).open()


def streamed_members(content: Content | Several, troubles: Troubles, directory_problem: str) -> Members:
    """Yield the entries from the first header on.

    An archive whose entries follow one another up to the directory is whole, whatever its directory says.
    """
    torn = False
    steps = 0
    with open_content(content) as file:
        at = _find(file, 0, ENTRY)
        while at is not None and steps < _MAX_STEPS and (header := _header(file, at)) is not None:
            entry = _Entry(content, at)
            if header.encrypted:
                troubles.encrypted.append(header.name)
            elif not header.name.endswith("/"):
                packed = size_of(content) if header.packed_bytes is None else header.packed_bytes
                yield Member(name=header.name, open=entry.open, again=True, packed_bytes=min(packed, size_of(content)))
            steps += entry.spoilt
            end = _end(file, header, entry)
            file.seek(end)
            following = file.read(len(ENTRY))
            if following in _DIRECTORY:
                at = None
            elif following == ENTRY:
                at = end
            else:
                torn, steps = True, steps + 1
                at = _find(file, end if entry.whole else at + len(ENTRY), ENTRY)
                continue
            if at is None and not torn:
                return
    troubles.torn = directory_problem


def _end(file: BinaryIO, header: _Header, entry: _Entry) -> int:
    """Return where the next header should be."""
    if header.packed_bytes is not None:
        return header.data_at + header.packed_bytes
    if not entry.whole and not header.encrypted:
        # Only its beginning was looked at.
        try:
            with entry.open() as stream:
                while stream.read(_SEARCHED_BYTES):
                    pass
        except ValueError:
            return header.data_at
    start = header.data_at if header.encrypted else entry.ends_after()
    found = _find(file, start, ENTRY, *_DIRECTORY)
    return file.seek(0, 2) if found is None else found


def _header(file: BinaryIO, at: int) -> _Header | None:
    file.seek(at)
    raw = file.read(_HEADER.size)
    if len(raw) < _HEADER.size:
        return None
    _, _, flags, _, _, _, _, packed, _, name_bytes, extra_bytes = _HEADER.unpack(raw)
    name = file.read(name_bytes)
    streamed = flags & STREAMED_FLAG or packed == IN_EXTRA_FIELD
    return _Header(
        name=clean(decoded_name(name)),
        encrypted=bool(flags & ENCRYPTED_FLAG),
        data_at=at + _HEADER.size + name_bytes + extra_bytes,
        packed_bytes=None if streamed else packed,
    )


def _find(file: BinaryIO, start: int, *signatures: bytes) -> int | None:
    """Return where the first of the signatures stands, from an offset on."""
    file.seek(start)
    at, data = start, b""
    while block := file.read(_SEARCHED_BYTES):
        data += block
        places = [place for one in signatures if (place := data.find(one)) >= 0]
        if places:
            return at + min(places)
        kept = data[-(len(ENTRY) - 1) :]
        at += len(data) - len(kept)
        data = kept
    return None
