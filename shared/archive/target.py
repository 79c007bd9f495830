"""An installation that is filled: closed to everybody else, section by section, so that it can go on after a kill.

What is done is noted in the store itself, in its closure. A section that was not noted is written again from its
beginning: documents replace themselves, and a topic is made anew before its records are appended.
"""

from typing import TYPE_CHECKING

import msgspec

from shared.archive.digest import Digest
from shared.archive.sections import TOPICS, encode_document, title
from shared.bus.topics import ALL_TOPICS
from shared.errors import InvalidInputError, MisconfiguredError, NotFoundError
from shared.store.archived import COLLECTIONS, Closure, ClosureState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.archive.sections import BusLine
    from shared.bus.port import Bus
    from shared.bus.topics import Topic
    from shared.runtime.role import Surroundings
    from shared.store.archived import Document, Key, Snapshot

EMPTIED = "emptied"
"""In `Closure.done`: all that was there before is gone."""

LARGEST_WRITE = 500
"""Documents or records."""


class Target:
    """Where a restore or a move writes."""

    def __init__(self, around: "Surroundings", closure: Closure) -> None:
        self._bus = around.bus
        self._archive = around.store.archive
        self.closure = closure

    def has(self, section: str) -> bool:
        """Whether a section is in it, whole."""
        return section in self.closure.done

    async def finish(self, section: str) -> None:
        """Note that a section is in it, whole."""
        done = (*self.closure.done, section)
        self.closure = msgspec.structs.replace(self.closure, done=done)
        await self._archive.close(self.closure)

    async def empty(self) -> None:
        """Forget all that is there, on both sides."""
        if not self.has(EMPTIED):
            await self._archive.clear()
            for topic in ALL_TOPICS:
                await self.remake(topic)
            await self.finish(EMPTIED)

    async def write(self, collection: str, documents: "Sequence[Document]") -> None:
        """Add or replace documents."""
        for start in range(0, len(documents), LARGEST_WRITE):
            await self._archive.write(collection, documents[start : start + LARGEST_WRITE])

    async def remove(self, collection: str, keys: "Sequence[Key]") -> None:
        """Forget documents."""
        if keys:
            await self._archive.remove(collection, keys)

    async def remake(self, topic: "Topic") -> None:
        """Make a topic anew, empty; one that never had a record is."""
        if any((await self._bus.ends(topic)).values()):
            await self._bus.remake([topic])

    async def append(self, topic: "Topic", lines: "Sequence[BusLine]") -> None:
        """Append records."""
        for start in range(0, len(lines), LARGEST_WRITE):
            await self._bus.append(topic, [line.record for line in lines[start : start + LARGEST_WRITE]])

    async def check_collection(self, collection: str, expected: Digest) -> None:
        """Read a collection back.

        Raises:
            InvalidInputError: it does not hold what was written.
        """
        async with self._archive.snapshot() as snapshot:
            found = await digest_of(snapshot, collection)
        if found != expected:
            raise _differs(collection, expected.documents, found.documents)

    async def check_topic(self, topic: "Topic", expected: int) -> None:
        """Count the records that were appended to a topic that was made anew.

        Raises:
            InvalidInputError: there are more, or fewer.
        """
        found = sum((await self._bus.ends(topic)).values())
        if found != expected:
            raise _differs(f"topic:{topic.name}", expected, found)


async def open_target(around: "Surroundings", *, source: str, reason: str, replace: bool) -> Target:
    """Close an installation to everybody and begin to fill it, or go on where it was interrupted.

    Args:
        around: the installation.
        source: what it is filled from; only the same may go on.
        reason: what those are told who try to work on it meanwhile.
        replace: forget what is there.

    Raises:
        MisconfiguredError: roles run on it.
        InvalidInputError: it holds something, and nobody said that it may be replaced.
    """
    archive = around.store.archive
    if alive := await around.store.members.alive():
        names = "、".join(sorted({member.role for member in alive}))
        raise MisconfiguredError(f"目标上还有角色在运行：{names}。请先停止它们（刚被强行结束的，要等半分钟才算停止）。")
    closure = await archive.closure()
    if closure is not None and closure.state is ClosureState.FILLING and closure.source == source:
        target = Target(around, closure)
    else:
        if not replace:
            await _refuse_what_is_there(around, closure)
        partitions = {topic.name: len(await around.bus.ends(topic)) for topic in ALL_TOPICS}
        target = Target(
            around,
            Closure(
                state=ClosureState.FILLING,
                reason=reason,
                since=around.clock.now(),
                source=source,
                partitions=partitions,
            ),
        )
        await archive.close(target.closure)
    await target.empty()
    return target


async def digest_of(snapshot: "Snapshot", collection: str) -> Digest:
    """Return the checksum of a collection."""
    digest = Digest()
    async for documents in snapshot.walk(collection):
        for document in documents:
            digest.add(encode_document(document))
    return digest


async def held(around: "Surroundings") -> list[str]:
    """Return what an installation holds, in words; nothing when it is empty."""
    counts = await around.store.archive.counts()
    told = [f"{title(name)} {counts[name]} 条" for name in COLLECTIONS if counts[name]]
    for section, topic in TOPICS.items():
        if records := await _records(around.bus, topic):
            told.append(f"{title(section)} {records} 条")
    return told


async def _records(bus: "Bus", topic: "Topic") -> int:
    try:
        return sum((await bus.ends(topic)).values())
    except NotFoundError:
        return 0


async def _refuse_what_is_there(around: "Surroundings", closure: Closure | None) -> None:
    if closure is not None:
        raise InvalidInputError(
            f"目标已关闭：{closure.reason} 确实要从头再来，请加 --replace，目标上现有的内容会被删除。"
        )
    if told := await held(around):
        raise InvalidInputError(
            f"目标不是空的：{'；'.join(told)}。请换一个空的数据目录或数据库；"
            "确实要用备份替换它们，请加 --replace，现有的内容会被删除。"
        )


def _differs(section: str, expected: int, found: int) -> InvalidInputError:
    return InvalidInputError(
        f"写入后核对不符：{title(section)} 应有 {expected} 条，读回 {found} 条，或内容有别。"
        "目标仍然关闭，没有角色会用它；请检查目标的磁盘和日志，再执行一次同样的命令。"
    )
