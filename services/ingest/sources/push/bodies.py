"""Bodies of pushes, taken to disk block by block: memory stays small whatever comes in."""

import asyncio
import hashlib
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from services.ingest.sources.push.answers import RefusedPushError
from services.ingest.sources.temporary import append

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

T = TypeVar("T")

NextBlock: TypeAlias = "Callable[[int], Awaitable[bytes]]"
"""Returns the next block of the body, or of one part of it, at most so many bytes; empty at the end."""

BLOCK_BYTES = 256 * 1024
SILENT_SECONDS = 60.0
"""So long without a byte, and the sender is taken for gone."""

MAX_PARTS = 1000
MAX_NAME_CHARACTERS = 200
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class Uploaded:
    """One file of a push, on disk.

    Attributes:
        name: as the sender calls it, without folders and control characters, ``""`` when it says none.
        path: a name of ours, never the sender's.
        digest: of the content, hexadecimal.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name = safe_name(name)
        self.path = path
        self.size = 0
        self._digest = hashlib.blake2b(digest_size=16)

    @property
    def digest(self) -> str:
        """See the class."""
        return self._digest.hexdigest()

    def write(self, block: bytes) -> None:
        """Add a block at the end.

        Raises:
            StorageFullError: it cannot be written.
        """
        append(self.path, block)
        self._digest.update(block)
        self.size += len(block)


class Room:
    """How much one push may still bring."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._left = limit_bytes

    def use(self, size: int) -> None:
        """Take so much of it.

        Raises:
            RefusedPushError: 413, that was too much.
        """
        self._left -= size
        if self._left < 0:
            raise too_large(self.limit_bytes)


def too_large(limit_bytes: int) -> RefusedPushError:
    """Return the refusal of what is larger than the limit."""
    limit = f"{limit_bytes / 1024**2:g} MiB"
    return RefusedPushError(413, "请求太大", f"请求体超过 {limit}（ZHITUI_PUSH_LIMIT_BYTES）；请分成几次推送。")


def safe_name(name: str) -> str:
    """Return the last part of a name without what cannot be shown."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return _NOT_IN_A_NAME.sub("", last).strip()[-MAX_NAME_CHARACTERS:]


async def take_body(request: web.Request, name: str, folder: Path, room: Room) -> Uploaded:
    """Take the whole body as one file.

    Raises:
        RefusedPushError: 408, 413; what is wrong with it.
        StorageFullError: there is no room for it.
    """
    return await _taken(request.content.read, name, folder / "0", room)


async def take_parts(request: web.Request, folder: Path, room: Room) -> "list[Uploaded]":
    """Take every part of a form that has a file name.

    Raises:
        RefusedPushError: 400, 408, 413; what is wrong with it.
        StorageFullError: there is no room for it.
    """
    found: list[Uploaded] = []
    try:
        async for part in _parts(request):
            if not part.filename:
                await part.release()
                continue
            if len(found) >= MAX_PARTS:
                raise RefusedPushError(413, "文件太多", f"一次最多 {MAX_PARTS} 个文件；请分成几次推送，或打成 zip。")
            found.append(await _taken(part.read_chunk, part.filename, folder / str(len(found)), room))
    except (ValueError, LookupError, AssertionError, RuntimeError, HttpProcessingError) as error:
        # What aiohttp raises for boundaries, headers and encodings that are none.
        raise RefusedPushError(400, "表单读不通", "multipart 表单不完整或写法不对；请检查后重新推送。") from error
    if not found:
        raise RefusedPushError(400, "没有文件", "表单里没有带文件名的部分；请用 filename=… 上传文件。")
    return found


async def _parts(request: web.Request) -> "AsyncIterator[BodyPartReader]":
    reader = await request.multipart()
    while True:
        part = await _soon(reader.next())
        if part is None:
            return
        if not isinstance(part, BodyPartReader):
            raise RefusedPushError(400, "表单读不通", "multipart 表单里不能再有表单；请把文件逐个放进去。")
        yield part


async def _taken(next_block: NextBlock, name: str, path: Path, room: Room) -> Uploaded:
    uploaded = Uploaded(name, path)
    await asyncio.to_thread(uploaded.write, b"")
    while True:
        block = await _soon(next_block(BLOCK_BYTES))
        if not block:
            return uploaded
        room.use(len(block))
        await asyncio.to_thread(uploaded.write, block)


async def _soon(waiting: "Awaitable[T]") -> "T":
    """Wait for the sender, but not for ever."""
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            return await waiting
    except TimeoutError:
        raise RefusedPushError(
            408, "等不到数据", f"{SILENT_SECONDS:g} 秒没有收到数据；请检查网络后重新推送。"
        ) from None
