"""The sections of a backup on their way into a target: collections, topics, files."""

import asyncio
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from shared.archive.digest import Digest
from shared.archive.sections import FILE_PREFIX, TOPICS, BusLine, encode_document, resealed
from shared.bus.topics import PROFILES
from shared.errors import InvalidInputError
from shared.store.archived import COLLECTIONS, Document, SavedProfile
from shared.wire.events import ProfileSaved, decode_event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shared.archive.keys import Resealing
    from shared.archive.target import Target

CLOCKS_APART = timedelta(minutes=5)
"""How far the clock of whoever saved a profile may be from that of whoever made the backup."""

_decode_record = msgspec.json.Decoder(BusLine).decode
_decode_line = msgspec.json.Decoder(str).decode


class Filling(ABC):
    """A section on its way into the target."""

    def __init__(self, section: str, target: "Target") -> None:
        self._section = section
        self._target = target

    async def begin(self) -> None:  # noqa: B027 - most need nothing
        """Prepare the target for the section."""

    @abstractmethod
    async def take(self, lines: "Sequence[bytes]") -> None:
        """Write some lines."""

    async def end(self) -> None:
        """Read back what was written, and note that the section is done."""
        await self._target.finish(self._section)


class _Collection(Filling):
    def __init__(self, section: str, target: "Target", resealing: "Resealing | None") -> None:
        super().__init__(section, target)
        self._decode = msgspec.json.Decoder(COLLECTIONS[section].kind).decode
        self._resealing = resealing
        self._digest = Digest()

    async def take(self, lines: "Sequence[bytes]") -> None:
        documents = await asyncio.to_thread(self._read, lines)
        await self._target.write(self._section, documents)

    async def end(self) -> None:
        await self._target.check_collection(self._section, self._digest)
        await super().end()

    def _read(self, lines: "Sequence[bytes]") -> "list[Document]":
        documents = [resealed(self._section, self._decode(line), self._resealing) for line in lines]
        for document in documents:
            self._digest.add(encode_document(document))
        return documents


class _Topic(Filling):
    def __init__(self, section: str, target: "Target", made_at: datetime) -> None:
        super().__init__(section, target)
        self._topic = TOPICS[section]
        self._made_at = made_at
        self._appended = 0

    async def begin(self) -> None:
        await self._target.remake(self._topic)

    async def take(self, lines: "Sequence[bytes]") -> None:
        records = [_decode_record(line) for line in lines]
        await self._target.append(self._topic, records)
        self._appended += len(records)
        if self._topic == PROFILES:
            await self._list(records)

    async def end(self) -> None:
        await self._target.check_topic(self._topic, self._appended)
        await super().end()

    async def _list(self, records: "Sequence[BusLine]") -> None:
        """Bring into the store what was saved while the backup ran: on the topic already, in its moment not yet."""
        after = (self._made_at - CLOCKS_APART).timestamp() * 1_000_000
        late = {record.key: record for record in records if record.appended_at >= after}
        saved, removed = [], []
        for key, record in late.items():
            value = record.record.value
            if value is None:
                removed.append((key,))
                continue
            try:
                event = decode_event(value, ProfileSaved)
            except InvalidInputError:
                continue  # the matcher parks it, too
            saved.append(SavedProfile(profile=event.profile, saved_at=event.saved_at.astimezone(UTC)))
        await self._target.write("profiles", saved)
        await self._target.remove("profiles", removed)


class _File(Filling):
    def __init__(self, section: str, target: "Target", path: "Path | None") -> None:
        super().__init__(section, target)
        self._path = path
        self._lines: list[str] = []

    async def take(self, lines: "Sequence[bytes]") -> None:
        self._lines += [_decode_line(line) for line in lines]

    async def end(self) -> None:
        if self._path is not None:
            text = "".join(f"{line}\n" for line in self._lines)
            await asyncio.to_thread(_write_whole, self._path, text)
        await super().end()


def begin_section(
    section: str,
    target: "Target",
    *,
    made_at: datetime,
    resealing: "Resealing | None",
    files: "Mapping[str, Path]",
) -> Filling:
    """Return how a section of this name is filled.

    Args:
        section: its name.
        target: what it is written to.
        made_at: when the backup was made.
        resealing: how secrets get another key.
        files: where files of the data folder go, by name; those that are not named are left out.
    """
    if section in TOPICS:
        return _Topic(section, target, made_at)
    if section in COLLECTIONS:
        return _Collection(section, target, resealing)
    return _File(section, target, files.get(section.removeprefix(FILE_PREFIX)))


def _write_whole(path: "Path", text: str) -> None:
    fresh = path.with_name(f".{path.name}.restored")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
