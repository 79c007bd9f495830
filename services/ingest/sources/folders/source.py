"""A remote folder as a scheduled source: every file that is complete is an input of its own.

Complete is what looked the same at the visit before, what a marker beside it says is complete (``a.zip.done``,
``a.zip.ok``), and everything on services where a file appears at once (S3).
"""

import tempfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from services.ingest.sources.folders.fetching import fetch
from services.ingest.sources.folders.known import Known, mark
from services.ingest.sources.folders.port import MAX_FILES, VanishedError, is_safe
from services.ingest.sources.put_away import DONE, FAILED, names_in_turn
from services.ingest.sources.unfinished import is_unfinished
from shared.errors import SourceProblemError
from shared.settings_sources import FilesAfter
from shared.store.incoming import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from services.ingest.sources.folders.port import RemoteFile, RemoteFolder
    from services.ingest.sources.scheduled import Visit

MARKERS = (".done", ".ok")
REMEMBERED_EVERY = 20
"""After so many files the cursor is written: it names all that lie there, so not after each."""

REMEMBERED_TIMES = 100
"""It is written at most so often in one visit, or a folder of very many files would be mostly that."""


class FolderSource:
    """Visits one folder."""

    kind = "folder"

    def __init__(
        self, name: str, connect: "Callable[[], RemoteFolder]", *, after: FilesAfter, every: "timedelta"
    ) -> None:
        self.name = f"folder:{name}"
        self.every = every
        self._connect = connect
        self._after = after

    async def visit(self, visit: "Visit") -> None:
        """Hand over every file that is complete and was not read yet.

        Raises:
            RetryLaterError: it cannot be had now.
            SourceProblemError: it cannot be had until somebody acts.
        """
        try:
            async with self._connect() as folder:
                await self._work(folder, visit)
        except VanishedError:
            raise _not_there() from None

    async def check(self) -> str:
        """List the folder."""
        try:
            async with self._connect() as folder:
                files, _, is_cut = await _listed(folder)
        except VanishedError:
            raise _not_there() from None
        return f"连得上，里面有 {'超过 ' if is_cut else ''}{len(files)} 个可以读取的文件。"

    async def _work(self, folder: "RemoteFolder", visit: "Visit") -> None:
        known = Known(visit.cursor)
        files, marked, is_cut = await _listed(folder)
        marks = {mark(file): file for file in files}
        known.keep(marks)
        done = known.read | known.failed
        fresh = {name: file for name, file in marks.items() if name not in done}
        ready = {
            name: file
            for name, file in fresh.items()
            if folder.is_atomic or name in known.waiting or file.path in marked
        }
        known.waiting = set(fresh)
        trouble: list[str] = []
        try:
            await self._take_all(folder, visit, known, ready, trouble)
            if self._after is FilesAfter.MOVE:
                await _move_all(folder, known, marks, trouble)
        finally:
            if known.cursor() != dict(visit.cursor):
                await visit.remember(known.cursor())
        if is_cut:
            trouble.append(
                f'文件夹里超过 {MAX_FILES} 个文件，只看了前面的；请把读过的移走（after = "move"），或分成几个文件夹。'
            )
        if trouble:
            raise SourceProblemError(trouble[0] if len(trouble) == 1 else f"{trouble[0]}（另有 {len(trouble) - 1} 处）")

    async def _take_all(
        self,
        folder: "RemoteFolder",
        visit: "Visit",
        known: Known,
        ready: "dict[str, RemoteFile]",
        trouble: list[str],
    ) -> None:
        """Read the files; what is wrong with one does not keep the others from being read."""
        with tempfile.TemporaryDirectory(prefix="zhitui-folder-") as spool:
            target = Path(spool) / "content"
            remembered_every = max(REMEMBERED_EVERY, len(ready) // REMEMBERED_TIMES)
            for number, (name, file) in enumerate(ready.items(), 1):
                if visit.stop.is_set():
                    return
                try:
                    if not await fetch(folder, file, target, visit.pause):
                        continue  # it changed: the next visit looks anew
                except SourceProblemError as error:
                    trouble.append(f"{file.path}：{error}")
                    continue
                run = await visit.take(file.path, target)
                known.waiting.discard(name)
                (known.failed if run.state is RunState.FAILED else known.read).add(name)
                if self._after is FilesAfter.MOVE:
                    await _move_all(folder, known, {name: file}, trouble)
                if number % remembered_every == 0:
                    await visit.remember(known.cursor())


async def _move_all(
    folder: "RemoteFolder", known: Known, files: "Mapping[str, RemoteFile]", trouble: list[str]
) -> None:
    """Move those of the files that were read out of the way, and forget them."""
    for marks, into in ((known.read, DONE), (known.failed, FAILED)):
        for name in sorted(marks & files.keys()):
            try:
                await _move(folder, files[name].path, into)
            except SourceProblemError as error:
                told = f"{files[name].path} 移不到 {into}/：{error}"
                if told not in trouble:
                    trouble.append(told)
            else:
                marks.discard(name)


async def _listed(folder: "RemoteFolder") -> "tuple[list[RemoteFile], set[str], bool]":
    """Return (files to read, paths that a marker says are complete, whether there are more than are looked at)."""
    files: list[RemoteFile] = []
    marked: set[str] = set()
    is_cut = False
    looked = 0
    async for file in folder.files():
        looked += 1
        parts = file.path.split("/")
        if not is_safe(file.path) or parts[0] in {DONE, FAILED} or any(is_unfinished(part) for part in parts):
            continue
        if file.path.lower().endswith(MARKERS):
            marked.add(file.path.rpartition(".")[0])
        elif len(files) == MAX_FILES or looked > 2 * MAX_FILES:
            is_cut = True
            break
        else:
            files.append(file)
    return sorted(files), marked, is_cut


async def _move(folder: "RemoteFolder", path: str, into: str) -> None:
    targets = map(str, names_in_turn(PurePosixPath(into, path)))
    target = next(targets)
    while await folder.exists(target):
        target = next(targets)
    with suppress(VanishedError):
        await folder.move(path, target)


def _not_there() -> SourceProblemError:
    return SourceProblemError("远程文件夹不在了，或地址里的路径不对。请核对 ZHITUI_FOLDERS 里的 url。")
