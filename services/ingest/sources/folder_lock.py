"""A watched folder belongs to one process of this machine at a time, also where several have data folders of their own.

On a cluster a lease decides; without one the kernel does: a lock on the folder itself, gone when its holder is.
"""

import asyncio
import fcntl
import os
from typing import TYPE_CHECKING

from shared.logs import get_logger
from shared.runtime.ownership import ASK_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from shared.runtime.ownership import Name, Work
    from shared.runtime.patience import Patience

log = get_logger("ingest")


class FolderLock:
    """The right to read a watched folder (an `Ownership`).

    Attributes:
        owner: something, when another process of this machine has it.
    """

    def __init__(self, folder: "Path", patience: "Patience") -> None:
        self._folder = folder
        self._patience = patience
        self.owner: str | None = None

    @property
    def warnings(self) -> list[str]:
        """Return that another process reads the folder, if so."""
        if self.owner is None:
            return []
        told = f"监视文件夹 {self._folder} 正由本机另一个知推进程读取，本进程不读；它停止后由本进程接着读。"
        return [told + "若不是有意的，请用 ZHITUI_WATCH_DIR 指定另一个文件夹。"]

    async def keep(self, name: "Name", work: "Work") -> None:
        """Work while the lock is held; wait for it until the process is to stop."""
        while not self._patience.stop.is_set():
            if await name() is not None and (descriptor := await asyncio.to_thread(self._lock)) is not None:
                try:
                    return await work()
                finally:
                    os.close(descriptor)
            await self._patience.pause(ASK_SECONDS)
        return None

    async def sure(self) -> None:
        """Return at once: the kernel takes no lock away."""

    def _lock(self) -> int | None:
        try:
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:  # it went away since its name was asked for: the next time, its name tells
            log.warning("folder_cannot_be_opened", folder=str(self._folder), error=str(error))
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            if self.owner is None:
                log.warning("folder_read_by_another_process", folder=str(self._folder))
            self.owner = "本机另一个进程"
            return None
        except OSError as error:
            # A file system without locks: nobody can tell then.
            log.warning("folder_cannot_be_locked", folder=str(self._folder), error=str(error))
        self.owner = None
        return descriptor
