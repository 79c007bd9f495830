"""Writes an installation into one file while it runs.

What the file holds is the store at one moment T, and of the bus what is not done yet. The order in which things are asked
makes that a cut through which nothing falls and in which nothing is told twice:

1. how far the matcher's, then the notifier's group is; 2. the store's moment T; 3. the topics, from those commits on to
their ends.

A publication that the store knows at T was on the bus before T (ingest appends first). Either it lies behind the
matcher's commit, and is in the file; or its matches were on the bus before that commit was asked for. Either those lie
behind the notifier's commit, and are in the file; or their alerts were in the store before *that* was asked for, so
before T. What is in the file both as a record and as an alert is told once, for the alert's key is taken already.
"""

import asyncio
import uuid
from importlib.metadata import version
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from shared.archive.blocks import Block, BlockKind, pack
from shared.archive.bus_walk import undone, walk
from shared.archive.digest import Digest
from shared.archive.keys import fingerprint
from shared.archive.manifest import End, Manifest, SectionBeginning, SectionTotals
from shared.archive.sections import (
    FILE_PREFIX,
    SECTIONS,
    TOPICS,
    bus_line,
    encode_document,
    title,
    topic_section,
)
from shared.bus.topics import ALL_TOPICS, STREAMS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from shared.archive.progress import Progress
    from shared.bus.topics import Topic
    from shared.runtime.role import Surroundings
    from shared.store.archived import Snapshot

BLOCK_BYTES = 1024 * 1024
"""Lines are packed when there are so many bytes of them: large enough to pack well, and small beside any memory."""

_encode = msgspec.json.Encoder().encode


async def make_backup(
    around: "Surroundings", out: BinaryIO, *, files: "Mapping[str, Path]", progress: "Progress"
) -> "tuple[Manifest, End]":
    """Write a backup, and return its first and its last line.

    Args:
        around: the installation.
        out: where the file goes; it is only written to, from front to back.
        files: small text files of the data folder that belong to it, by name; those that are not there are left out.
        progress: is told.

    Raises:
        RetryLaterError: the store could not hold its moment for as long as it took, or a server does not answer.
        OSError: ``out`` cannot be written.
    """
    present = {FILE_PREFIX + name: path for name, path in files.items() if path.is_file()}
    committed = await _committed(around)
    async with around.store.archive.snapshot() as snapshot:
        manifest = Manifest(
            id=uuid.uuid4().hex,
            made_at=around.clock.now(),
            program=version("zhitui"),
            bus=around.settings.bus,
            store=around.settings.store,
            key_fingerprint=fingerprint(around.secrets),
            partitions={topic.name: len(await around.bus.ends(topic)) for topic in ALL_TOPICS},
            sections=(*SECTIONS, *present),
        )
        writer = _Writer(out, progress)
        await writer.block(BlockKind.MANIFEST, "", manifest)
        for section in SECTIONS:
            topic = TOPICS.get(section)
            if topic is None:
                await writer.section(section, _document_lines(snapshot, section))
            else:
                await writer.section(section, _record_lines(around, topic, committed.get(section, {})))
    for section, path in present.items():
        await writer.section(section, _file_lines(path))
    end = End(sections=writer.totals)
    await writer.block(BlockKind.END, "", end)
    return manifest, end


async def _committed(around: "Surroundings") -> dict[str, dict[int, int]]:
    """Return section → partition → where the records begin that are not done; upstream first, see the module."""
    shards = around.settings.matcher_shards
    others = [topic for topic in ALL_TOPICS if topic not in STREAMS]
    return {
        topic_section(topic): await undone(around.bus, topic, matcher_shards=shards) for topic in (*STREAMS, *others)
    }


async def _document_lines(snapshot: "Snapshot", collection: str) -> "AsyncIterator[list[bytes]]":
    async for documents in snapshot.walk(collection):
        yield [encode_document(document) for document in documents]


async def _record_lines(
    around: "Surroundings", topic: "Topic", first: "Mapping[int, int]"
) -> "AsyncIterator[list[bytes]]":
    async for received in walk(around.bus, topic, first=first, ends=await around.bus.ends(topic)):
        yield [_encode(bus_line(record)) for record in received]


async def _file_lines(path: "Path") -> "AsyncIterator[list[bytes]]":
    text = await asyncio.to_thread(path.read_text, "utf-8")
    yield [_encode(line) for line in text.splitlines()]


class _Writer:
    """Packs lines into blocks, on another thread than the one that asks for them."""

    def __init__(self, out: BinaryIO, progress: "Progress") -> None:
        self._out = out
        self._progress = progress
        self.totals: dict[str, SectionTotals] = {}

    async def block(self, kind: BlockKind, section: str, said: msgspec.Struct) -> None:
        """Write a block of one line."""
        await self._write(Block(kind=kind, section=section, content=_encode(said) + b"\n"))

    async def section(self, section: str, lines: "AsyncIterator[list[bytes]]") -> None:
        """Write a section."""
        self._progress.step(title(section))
        await self.block(BlockKind.SECTION, section, SectionBeginning(section=section))
        digest = Digest()
        waiting: list[bytes] = []
        size = 0
        async for some in lines:
            for line in some:
                digest.add(line)
                size += len(line)
            waiting += some
            self._progress.count(len(some))
            if size >= BLOCK_BYTES:
                await self._lines(section, waiting)
                waiting, size = [], 0
        if waiting:
            await self._lines(section, waiting)
        self.totals[section] = SectionTotals(documents=digest.documents, digest=digest.text)

    async def _lines(self, section: str, lines: list[bytes]) -> None:
        await self._write(Block(kind=BlockKind.LINES, section=section, content=b"\n".join(lines) + b"\n"))

    async def _write(self, block: Block) -> None:
        await asyncio.to_thread(lambda: self._out.write(pack(block)))
