"""The watched folder: what is put there is read as soon as it is complete, then moved to ``done/`` or ``failed/``."""

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from services.ingest.reader import Reading
from services.ingest.records import shown_name
from services.ingest.sources.folder_id import folder_id
from services.ingest.sources.put_away import DONE, FAILED
from services.ingest.sources.volume_files import volumes_of, waits_for_volumes
from services.ingest.sources.watched_files import find, is_being_written, move, signature_of
from shared.errors import RetryLaterError
from shared.ids import stable_id
from shared.logs import get_logger
from shared.runtime.elapsed import elapsed_seconds
from shared.runtime.patience import LONGEST_SECONDS
from shared.settings_sources import FilesAfter
from shared.store.incoming import IngestRun, RunState

if TYPE_CHECKING:
    from services.ingest.pipeline import Pipeline
    from services.ingest.sources.watched_files import Signature
    from shared.clock import Clock
    from shared.runtime.ownership import Ownership
    from shared.store.port import Store

SOURCE = "watch-folder"
POLL_SECONDS = 0.5
QUIET_SECONDS = 1.0
"""A file that has not changed for so long, and that nobody has open for writing, is complete."""

UNSURE_QUIET_SECONDS = 10.0
"""The same where the kernel does not tell who writes: copies over a network pause now and then."""

LOOKING_SHARE = 0.1
"""Looking at a folder of very many files takes at most this share of the time."""

_REMEMBERED_RUNS = 100_000

log = get_logger("ingest")


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
        self._quiet_since: dict[str, tuple[Signature, float]] = {}
        self._read: set[str] = set()
        self._known: dict[str, Signature] = {}
        self._not_moved: str | None = None
        self._problem: str | None = None
        self._looked_seconds = 0.0

    @property
    def problem(self) -> str | None:
        """Why the folder, or a part of it, cannot be watched, for the operator."""
        return self._problem or self._not_moved

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
                if await asyncio.to_thread(self._is_as_it_was, path, signature):
                    await self._ingest(Path(path), signature)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(POLL_SECONDS, self._looked_seconds / LOOKING_SHARE))

    async def _name(self) -> str | None:
        try:
            return f"{SOURCE} {await asyncio.to_thread(folder_id, self._folder)}"
        except OSError as error:
            self._problem = self._unusable(error)
            return None

    async def is_idle(self) -> bool:
        """Whether no file waits or is still being written."""
        return not await asyncio.to_thread(self._waiting_files)

    async def _ingest(self, path: Path, signature: "Signature") -> None:
        name = self._shown(str(path))
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
        self._quiet_since.pop(str(path), None)
        if self._files_after is FilesAfter.MOVE:
            await self._ownership.sure()
            into = FAILED if run.state is RunState.FAILED else DONE
            try:
                others = await asyncio.to_thread(volumes_of, path)
                is_moved = await asyncio.to_thread(move, path, signature, self._folder, into)
                for volume in others if is_moved else ():
                    if (now := signature_of(volume)) is not None:
                        await asyncio.to_thread(move, volume, now, self._folder, into)
            except OSError as error:
                # It stays where it is; this process remembers it, the next one finds everything in it unchanged.
                log.warning("file_not_moved", name=name, error=str(error))
                self._not_moved = (
                    f"读过的文件移不到 {into}/：{name}（{error.strerror or error}）。请检查监视文件夹的写权限和空间，"
                    "或设 ZHITUI_FILES_AFTER=leave。"
                )
            else:
                self._not_moved = None
                if not is_moved:
                    log.info("file_replaced", name=name)  # while it was read: the next poll reads what is there now
                return
        self._read.add(run.id)

    def _complete_files(self) -> "list[tuple[str, Signature]]":
        """Return the files that have been quiet, oldest first."""
        began = elapsed_seconds()
        quiet_since = {}
        for path, signature in self._waiting_files():
            before = self._quiet_since.get(path)
            quiet_since[path] = before if before and before[0] == signature else (signature, began)
        self._quiet_since = quiet_since
        quiet_seconds = {
            path: began - since for path, (_, since) in quiet_since.items() if began - since >= QUIET_SECONDS
        }
        quiet = [(path, quiet_since[path][0]) for path in quiet_seconds if not waits_for_volumes(path, quiet_seconds)]
        self._looked_seconds = elapsed_seconds() - began
        return sorted(quiet, key=lambda one: (one[1].modified_ns, one[0]))

    def _is_as_it_was(self, path: str, signature: "Signature") -> bool:
        """Whether a file that was quiet is there still, the same, and nobody writes it."""
        if signature_of(Path(path)) != signature:
            return False
        writing = is_being_written(Path(path))
        if writing is None:
            return elapsed_seconds() - self._quiet_since[path][1] >= UNSURE_QUIET_SECONDS
        return not writing

    def _unusable(self, error: OSError) -> str:
        return f"监视文件夹不能用：{self._folder}（{error.strerror or error}）。请检查 ZHITUI_WATCH_DIR 和权限。"

    def _waiting_files(self) -> "list[tuple[str, Signature]]":
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            found = find(self._folder)
        except OSError as error:
            self._problem = self._unusable(error)
            return []
        self._problem = None
        if found.closed:
            closed = self._shown(found.closed[0])
            self._problem = f"监视文件夹里的子文件夹 {closed} 打不开，里面的文件没有读。请检查它的权限。"
        if not self._read:
            return found.files
        self._known = {path: signature for path, signature in found.files if self._was_read(path, signature)}
        return [(path, signature) for path, signature in found.files if path not in self._known]

    def _shown(self, path: str) -> str:
        return shown_name(Path(path).relative_to(self._folder))

    def _was_read(self, path: str, signature: "Signature") -> bool:
        return self._known.get(path) == signature or _run_id(self._shown(path), signature) in self._read


def _run_id(name: str, signature: "Signature") -> str:
    return stable_id("run", SOURCE, name, *map(str, signature))
