"""Getting a file of a remote folder to this machine: piece by piece, going on where a piece failed, whole or not at all."""

import asyncio
import shutil
from typing import TYPE_CHECKING

from services.ingest.sources.folders.port import VanishedError
from services.ingest.sources.temporary import append
from shared.errors import RetryLaterError, SourceProblemError, StorageFullError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from services.ingest.sources.folders.port import RemoteFile, RemoteFiles

PIECE_BYTES = 4 * 1024 * 1024
MAX_FILE_BYTES = 64 * 1024**3
SPARE_BYTES = 512 * 1024 * 1024
"""So much room is left on the disk that holds temporary files."""

_TRIES = 4
_WAIT_SECONDS = 2.0


async def fetch(
    folder: "RemoteFiles", file: "RemoteFile", target: "Path", pause: "Callable[[float], Awaitable[None]]"
) -> bool:
    """Write a file to ``target``; false when it changed or went away meanwhile, and nothing of it may be used.

    Raises:
        RetryLaterError: the other machine does not answer, again and again.
        StorageFullError: there is no room here.
        SourceProblemError: it may not be read, or is larger than 64 GiB.
    """
    if file.size > MAX_FILE_BYTES:
        raise SourceProblemError(f"远程文件 {file.path} 超过 64 GiB，没有取。请拆分后再放。")
    if shutil.disk_usage(target.parent).free < file.size + SPARE_BYTES:
        raise StorageFullError(f"放临时文件的磁盘装不下远程文件 {file.path}（{file.size} 字节）。请腾出空间。")
    await asyncio.to_thread(target.write_bytes, b"")
    offset, tries = 0, 1
    try:
        while offset < file.size:
            try:
                piece = await folder.read(file.path, offset, min(PIECE_BYTES, file.size - offset))
            except VanishedError:
                return False
            except RetryLaterError:
                if tries == _TRIES:
                    raise
                await pause(_WAIT_SECONDS * 2**tries)
                tries += 1
                continue
            if not piece:
                return False
            await asyncio.to_thread(append, target, piece)
            offset, tries = offset + len(piece), 1
        return await folder.look(file.path) == file
    except VanishedError:
        return False
