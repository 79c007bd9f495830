"""Keeps the index up to date: reads in all that is stored, then what comes over the bus."""

import asyncio
import fcntl
import os
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from services.matcher.lookback.folder import FOLDER, LOCK
from shared.bus.topics import PUBLICATIONS
from shared.errors import InvalidInputError, RetryLaterError
from shared.logs import get_logger
from shared.wire.events import PublicationSeen, decode_event
from shared.wire.identity import is_document

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from services.matcher.lookback.past import Contents
    from shared.bus.port import Received
    from shared.runtime.role import Surroundings

    Ask = Callable[..., Awaitable[Any]]

AT_ONCE = 8_192
"""Publications that become a segment together."""
_STEP = 500
"""Publications that are encoded at once: a millisecond of the event loop."""
READ_AGAIN = 5_000
"""Records before the end of the topic that are read although the store is read in, too: what was appended and is not stored yet."""
_POLL_SECONDS = 1.0
AGAIN_SECONDS = 5.0

_encode = msgspec.msgpack.encode


class Keeper:
    """Writes the index of one folder, as long as no other process does."""

    def __init__(self, around: "Surroundings", ask: "Ask") -> None:
        """Take what to read from, and who writes (`answers.Answers`, asked by the name of a method)."""
        self._around = around
        self._ask = ask
        self._log = get_logger("lookback")
        self.is_whole = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled; what fails is tried again."""
        while True:
            try:
                with _held(self._around.settings.data_dir / FOLDER) as is_ours:
                    if is_ours:
                        await self._keep()
                    else:
                        await self._watch()
            except RetryLaterError as error:
                self._log.warning("lookback_waits", error=str(error))
            except Exception:  # noqa: BLE001 - whatever it is, what is asked is answered from what is there, and this tried again
                self._log.exception("lookback_failed")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _watch(self) -> None:
        """See whether the index that another process writes is whole."""
        contents, _, _ = await self._look()
        if contents is not None and contents.is_whole:
            self.is_whole.set()

    async def _look(self) -> "tuple[Contents | None, int, int]":
        """Return what there is, how many publications, and the day of the latest."""
        contents, known, latest = await self._ask("contents")
        self._around.metrics.portal_lookback_publications.set(known)
        return contents, known, latest

    async def _keep(self) -> None:
        contents, known, latest = await self._look()
        incarnation = await self._around.bus.incarnation(PUBLICATIONS)
        if contents is None or contents.incarnation != incarnation:
            ends = await self._around.bus.ends(PUBLICATIONS)
            await self._ask(
                "begin", incarnation, {partition: max(0, end - READ_AGAIN) for partition, end in ends.items()}
            )
            contents, known, latest = None, 0, 0
        if contents is None or not contents.is_whole:
            await self._read_store(known, latest)
        self.is_whole.set()
        await self._follow()

    async def _read_store(self, known: int, latest: int) -> None:
        """Read in what is stored; after a crash from the day on where that was."""
        self._log.info("lookback_reads_store", known=known)
        since = date.fromordinal(latest) if latest else None
        pieces: list[bytes] = []
        waiting = 0
        async for publications in self._around.store.publications.scan(since=since, batch_size=_STEP):
            pieces.append(_encode(publications))
            waiting += len(publications)
            if waiting >= AT_ONCE:
                known += await self._ask("add", pieces, None)
                self._around.metrics.portal_lookback_publications.set(known)
                pieces, waiting = [], 0
                self._log.info("lookback_reads_store", known=known)
        known += await self._ask("add", pieces, None)
        await self._ask("finish")
        self._log.info("lookback_is_whole", known=known)

    async def _follow(self) -> None:
        """Add what comes; begin anew when something that is stored never came."""
        contents, _, _ = await self._look()
        if contents is None:  # somebody took it away
            return
        stored = await self._around.store.publications.count()
        ends: dict[int, int] | None = await self._around.bus.ends(PUBLICATIONS)
        async with self._around.bus.reader(PUBLICATIONS, positions=contents.positions) as reader:
            while True:
                pieces: list[bytes] = []
                waiting = 0
                while received := await reader.poll(_STEP, 0.0 if pieces else _POLL_SECONDS):
                    publications = _documents(received)
                    pieces.append(_encode(publications))
                    waiting += len(publications)
                    if waiting >= AT_ONCE:
                        break
                positions = dict(reader.positions)
                if waiting:
                    await self._ask("add", pieces, positions)
                    await self._look()
                if ends is not None and all(positions.get(at, 0) >= end for at, end in ends.items()):
                    ends = None
                    _, known, _ = await self._look()
                    if known < stored:
                        self._log.warning("lookback_begins_anew", known=known, stored=stored)
                        self.is_whole.clear()
                        await self._ask("begin", "", {})
                        return


def _documents(received: "Sequence[Received]") -> list[Any]:
    """Return the published documents; what cannot be read is the matcher's to dead-letter."""
    found = []
    for record in received:
        try:
            seen = None if record.value is None else decode_event(record.value, PublicationSeen)
        except InvalidInputError:
            continue
        if seen is not None and is_document(seen.publication):
            found.append(seen.publication)
    return found


@contextmanager
def _held(folder: "Path") -> "Iterator[bool]":
    """Hold the folder's lock as long as the context lasts; give whether it was free."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RetryLaterError(f"数据文件夹不能写：{folder}（{error.strerror}）。请检查权限和磁盘。") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
