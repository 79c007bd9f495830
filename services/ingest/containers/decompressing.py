"""One packed stream, unpacked with a bound on memory: gzip, bzip2, xz, zstd."""

import bz2
import gzip
import io
import lzma
import sys
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import WriteableBuffer

_MEMORY_BYTES = 128 * 1024**2
"""What a packer's dictionary may take; xz -9 takes 64 MiB."""

_ZSTD_WINDOW_LOG = 27
_READ_BYTES = 64 * 1024


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Unpacked(io.RawIOBase):
    """The content of one or more packed streams, one behind the other."""

    def __init__(self, stream: BinaryIO, make: "Callable[[], _Decompressor]") -> None:
        super().__init__()
        self._stream = stream
        self._make = make
        self._decompressor = make()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        while True:
            if self._decompressor.eof:
                rest = self._decompressor.unused_data.lstrip(b"\0") or self._stream.read(_READ_BYTES).lstrip(b"\0")
                if not rest:
                    return 0
                self._decompressor = self._make()
            elif self._decompressor.needs_input:
                rest = self._stream.read(_READ_BYTES)
                if not rest:
                    raise EOFError("数据不完整")
            else:
                rest = b""
            data = self._decompress(rest, len(view))
            if data:
                view[: len(data)] = data
                return len(data)

    def _decompress(self, packed: bytes, limit: int) -> bytes:
        try:
            return self._decompressor.decompress(packed, limit)
        except (zstd.ZstdError, OSError) as error:
            raise ValueError(str(error)) from error

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Gunzipped(gzip.GzipFile):
    """A gzip stream that closes the stream below, too."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(fileobj=stream, mode="rb")
        self._below = stream

    def close(self) -> None:
        super().close()
        self._below.close()


def _gunzipped(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", _Gunzipped(stream))


def _by(make: "Callable[[], object]") -> "Callable[[BinaryIO], BinaryIO]":
    return lambda stream: io.BufferedReader(
        _Unpacked(stream, cast("Callable[[], _Decompressor]", make)), 4 * _READ_BYTES
    )


PACKERS: "dict[bytes, Callable[[BinaryIO], BinaryIO]]" = {
    b"\x1f\x8b\x08": _gunzipped,
    b"BZh": _by(bz2.BZ2Decompressor),
    b"\xfd7zXZ\x00": _by(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_BYTES)),
    b"\x28\xb5\x2f\xfd": _by(
        lambda: zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
    ),
}
"""First bytes → what unpacks a stream that begins so. Reading raises what `UNREADABLE` names, or an `OSError`."""


def unpacker(head: bytes) -> "Callable[[BinaryIO], BinaryIO] | None":
    """Return what unpacks a stream that begins so."""
    return next((unpack for magic, unpack in PACKERS.items() if head.startswith(magic)), None)
