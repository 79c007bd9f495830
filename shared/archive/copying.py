"""What a move copies and compares: the store at one moment, what changed behind it, the bus."""

from typing import TYPE_CHECKING

from shared.archive.bus_walk import undone, walk
from shared.archive.digest import Digest
from shared.archive.sections import TOPICS, bus_line, title
from shared.archive.target import digest_of
from shared.errors import InvalidInputError, MisconfiguredError
from shared.store.archived import COLLECTIONS
from shared.store.embedded.archive import EmbeddedArchive

if TYPE_CHECKING:
    from shared.archive.progress import Progress
    from shared.archive.target import Target
    from shared.bus.topics import Topic
    from shared.runtime.role import Surroundings

CHANGES_AT_ONCE = 500

FEW_CHANGES = 500
"""So many changes are copied in a moment: with no more than these, roles can be stopped."""

MOST_ROUNDS = 50
"""When more changes come than can be copied, stop the roles all the same; nothing is lost by waiting."""


class Copying:
    """Copies from an embedded installation to one of another kind; every step may be done again.

    Raises:
        MisconfiguredError: the source is not embedded.
    """

    def __init__(self, source: "Surroundings", there: "Surroundings", progress: "Progress") -> None:
        if not isinstance(source.store.archive, EmbeddedArchive):
            raise MisconfiguredError("只能从内置后端搬走：请把 ZHITUI_BUS 和 ZHITUI_STORE 留在 embedded。")
        self._source = source
        self._archive = source.store.archive
        self._there = there
        self._progress = progress

    @property
    def source(self) -> EmbeddedArchive:
        """The archive that is copied from."""
        return self._archive

    async def snapshot(self, target: "Target") -> None:
        """Copy the store as it is at one moment; what changes behind it is noted."""
        missing = [name for name in COLLECTIONS if not target.has(name)]
        if not missing:
            return
        async with self._archive.snapshot() as snapshot:
            for name in missing:
                self._progress.step(title(name))
                async for documents in snapshot.walk(name):
                    await target.write(name, documents)
                    self._progress.count(len(documents))
                await target.finish(name)

    async def follow(self, target: "Target") -> None:
        """Copy what changed meanwhile, until there is little left."""
        self._progress.step("复制期间的变化")
        for _ in range(MOST_ROUNDS):
            if await self._archive.changes.count() <= FEW_CHANGES:
                return
            await self.changes(target, most=FEW_CHANGES * 20)

    async def changes(self, target: "Target", most: int | None = None) -> None:
        """Copy what is noted, all of it or about so many documents."""
        copied = 0
        while (most is None or copied < most) and (changed := await self._archive.changes.next(CHANGES_AT_ONCE)):
            for name in COLLECTIONS:  # in this order, for an attempt may lie in its delivery
                documents = changed.documents.get(name, [])
                await target.remove(name, changed.removed.get(name, []))
                await target.write(name, documents)
                self._progress.count(len(documents))
                copied += len(documents)
            for item_id in changed.quarantined:
                async for part in self._archive.changes.parts(item_id):
                    await target.write("quarantine_items", [part])
            await self._archive.changes.forget(changed.up_to)

    async def bus(self, target: "Target") -> None:
        """Copy what is on the bus and not done, and the profiles in force; nobody may append any more."""
        for section, topic in TOPICS.items():
            if target.has(section):
                continue
            self._progress.step(title(section))
            await target.remake(topic)
            first = await self._undone(topic)
            appended = 0
            async for received in walk(self._source.bus, topic, first=first, ends=await self._source.bus.ends(topic)):
                await target.append(topic, [bus_line(record) for record in received])
                self._progress.count(len(received))
                appended += len(received)
            await target.check_topic(topic, appended)
            await target.finish(section)

    async def _undone(self, topic: "Topic") -> dict[int, int]:
        return await undone(self._source.bus, topic, matcher_shards=self._source.settings.matcher_shards)

    async def compare(self) -> None:
        """Hold the whole target to the whole source."""
        for name in COLLECTIONS:
            self._progress.step(f"核对 {title(name)}")
            async with self._archive.snapshot() as before, self._there.store.archive.snapshot() as after:
                expected, found = await digest_of(before, name), await digest_of(after, name)
            self._progress.count(expected.documents)
            if expected != found:
                raise InvalidInputError(_differs(name, expected, found))


def _differs(name: str, expected: Digest, found: Digest) -> str:
    return (
        f"搬过去的与原来的不同：{title(name)} 原有 {expected.documents} 条，目标有 {found.documents} 条，或内容有别。"
        "目标仍然关闭，原来的数据没有改动。请检查目标的日志，用 --back 退回，再用 --replace 从头搬一次。"
    )
