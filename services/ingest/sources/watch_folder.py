"""The watched folder: what is put there is read as soon as it is complete, then moved to ``done/`` or ``failed/``."""

import asyncio
import contextlib
import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.ingest.reader import Reading
from services.ingest.records import shown_name
from services.ingest.sources.folder_id import folder_id
from shared.errors import RetryLaterError
from shared.ids import stable_id
from shared.logs import get_logger
from shared.runtime.patience import LONGEST_SECONDS
from shared.settings import FilesAfter
from shared.store.records import IngestRun, RunState

if TYPE_CHECKING:
    from services.ingest.pipeline import Pipeline
    from shared.clock import Clock
    from shared.runtime.ownership import Ownership
    from shared.store.port import Store

SOURCE = "watch-folder"
POLL_SECONDS = 0.5
QUIET_SECONDS = 1.0
"""A file that has not changed for so long, and that nobody has open for writing, is complete."""

UNFINISHED_SUFFIXES = frozenset({".part", ".tmp", ".temp", ".crdownload", ".filepart", ".partial", ".download", ".swp"})
DONE, FAILED = "done", "failed"
_REMEMBERED_RUNS = 100_000

log = get_logger("ingest")


class Signature(NamedTuple):
    """What tells that a file changed, or is another one."""

    size: int
    modified_ns: int
    inode: int


class WatchFolder:
    """Polls a folder and its subfolders; every file is an input of its own.

    Args:
        ownership: of several processes that see the folder one reads it at a time; the next one reads again what was
            half read, and finds it unchanged.
    """

    def __init__(
        self,
        folder: Path,
        *,
        pipeline: "Pipeline",
        store: "Store",
        clock: "Clock",
        files_after: FilesAfter,
        ownership: "Ownership",
    ) -> None:
        self._folder = folder
        self._pipeline = pipeline
        self._store = store
        self._clock = clock
        self._files_after = files_after
        self._ownership = ownership
        self._quiet_since: dict[Path, tuple[Signature, float]] = {}
        self._read: set[str] = set()
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """Why the folder cannot be watched, for the operator."""
        return self._problem

    async def run(self, stop: asyncio.Event) -> None:
        """Watch whenever the folder is ours, until ``stop`` is set; a file that is being read then is read to its end."""
        await self._ownership.keep(self._name, lambda: self._watch(stop))

    async def _watch(self, stop: asyncio.Event) -> None:
        if self._files_after is FilesAfter.LEAVE:
            runs = await self._store.runs.recent(limit=_REMEMBERED_RUNS)
            self._read = {run.id for run in runs if run.state is not RunState.READING}
        while not stop.is_set():
            for path, signature in await asyncio.to_thread(self._complete_files):
                if stop.is_set():
                    return
                await self._ingest(path, signature)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)

    async def _name(self) -> str | None:
        try:
            return f"{SOURCE} {await asyncio.to_thread(folder_id, self._folder)}"
        except OSError as error:
            self._problem = self._unusable(error)
            return None

    async def is_idle(self) -> bool:
        """Whether no file waits or is still being written."""
        return not await asyncio.to_thread(self._waiting_files)

    async def _ingest(self, path: Path, signature: Signature) -> None:
        name = shown_name(path.relative_to(self._folder))
        run = IngestRun(
            id=_run_id(name, signature), source=SOURCE, name=name, state=RunState.READING, started_at=self._clock.now()
        )
        try:
            run = await self._pipeline.ingest(run, lambda spool: Reading.of_path(path, spool))
        except (RetryLaterError, OSError) as error:
            # No room for temporary files, say: what was accepted so far is unchanged when the next poll reads it again.
            log.warning("file_waits_for_room", name=name, error=str(error))
            await self._clock.sleep(LONGEST_SECONDS)
            return
        except Exception as error:
            # A mistake of ours that one file brings to light must not stop the others: it stays where it is, is named
            # with its reason, and is tried again by the next process.
            log.exception("input_failed", name=name)
            self._read.add(run.id)
            reason = f"程序出错，没有读完：{type(error).__name__}。文件留在原处；请把日志和文件一起报告给开发者。"
            await self._store.runs.save(
                msgspec.structs.replace(run, state=RunState.FAILED, error=reason, finished_at=self._clock.now())
            )
            return
        self._quiet_since.pop(path, None)
        if self._files_after is FilesAfter.MOVE:
            await self._ownership.sure()
            try:
                await asyncio.to_thread(_move, path, self._folder, FAILED if run.state is RunState.FAILED else DONE)
            except OSError as error:
                # It stays where it is; this process remembers it, the next one finds everything in it unchanged.
                log.warning("file_not_moved", name=name, error=str(error))
            else:
                return
        self._read.add(run.id)

    def _complete_files(self) -> list[tuple[Path, Signature]]:
        """Return the files that are complete, oldest first."""
        now = self._clock.now().timestamp()
        waiting = self._waiting_files()
        self._quiet_since = {
            path: self._quiet_since[path]
            if path in self._quiet_since and self._quiet_since[path][0] == signature
            else (signature, now)
            for path, signature in waiting
        }
        complete = [
            (path, signature)
            for path, (signature, since) in self._quiet_since.items()
            if now - since >= QUIET_SECONDS and not _is_being_written(path)
        ]
        return sorted(complete, key=lambda one: (one[1].modified_ns, one[0]))

    def _unusable(self, error: OSError) -> str:
        return f"监视文件夹不能用：{self._folder}（{error.strerror or error}）。请检查 ZHITUI_WATCH_DIR 和权限。"

    def _waiting_files(self) -> list[tuple[Path, Signature]]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            found = list(_walk(self._folder, top=True))
        except OSError as error:
            self._problem = self._unusable(error)
            return []
        self._problem = None
        if not self._read:
            return found
        return [
            (path, signature)
            for path, signature in found
            if _run_id(shown_name(path.relative_to(self._folder)), signature) not in self._read
        ]


def _walk(folder: Path, *, top: bool) -> list[tuple[Path, Signature]]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_unfinished(entry.name) or (top and entry.name in {DONE, FAILED}):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    found += _walk(Path(entry.path), top=False)
                elif entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    found.append((Path(entry.path), Signature(stat.st_size, stat.st_mtime_ns, stat.st_ino)))
            except OSError:
                # It went away, or may not be looked at, between two calls: the next poll sees.
                continue
    return found


def _is_unfinished(name: str) -> bool:
    return name.startswith(".") or name.endswith("~") or Path(name).suffix.lower() in UNFINISHED_SUFFIXES


def _is_being_written(path: Path) -> bool:
    """Whether somebody has the file open for writing: the kernel grants a read lease only when nobody has."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        # Not our file, or a file system without leases: that it has been quiet must do.
        return False
    finally:
        os.close(descriptor)
    return False


def _move(path: Path, folder: Path, into: str) -> None:
    target = folder / into / path.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while target.exists():
        target = target.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    path.rename(target)


def _run_id(name: str, signature: Signature) -> str:
    return stable_id("run", SOURCE, name, *map(str, signature))
