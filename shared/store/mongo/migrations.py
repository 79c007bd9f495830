"""Versions of the database's structure, and how it gets from one to the next.

A step may be killed at any moment and run again: every step does what is not done yet. A version is written down when all of it
is done. A lease by the server's clock keeps a second runner out, so that a killed one delays the next by its rest only.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pymongo.errors import DuplicateKeyError

from shared.errors import MisconfiguredError, RetryLaterError
from shared.runtime.cancelling import cancel
from shared.store.mongo import publications
from shared.store.mongo.failures import translated
from shared.store.mongo.leases import NAME as LEASES
from shared.store.mongo.leases import MongoLeases
from shared.store.mongo.schema import COLLECTIONS, MIGRATIONS
from shared.store.mongo.schema_changes import Change, missing
from shared.store.mongo.subscriptions import CHANGES, COUNTER
from shared.store.mongo.waiting import ALERTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.clock import Clock
    from shared.store.coordination import Lease
    from shared.store.mongo.link import Link

LEASE = "schema-migration"
LEASE_SECONDS = 30.0
_LOOK_SECONDS = 0.2

_BEFORE_FIRST = frozenset({LEASES, CHANGES, MIGRATIONS})
"""What has documents before the first version is whole."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A version.

    Attributes:
        title: what it brings, for people.
        steps: data to change once the collections are those of `schema`; each may be run again.
    """

    version: int
    title: str
    steps: Sequence[Callable[["Link"], Awaitable[None]]] = field(default=())


async def _lay_out_counter(link: "Link") -> None:
    try:
        await link[CHANGES].insert_one(dict(COUNTER))
    except DuplicateKeyError:
        return  # an earlier try did


async def _note_applications(link: "Link") -> None:
    has_one = {"publication.application_number": {"$exists": True}, "application_number": {"$exists": False}}
    noted: list[dict[str, object]] = [{"$set": {"application_number": "$publication.application_number"}}]
    await link[publications.CURRENT].update_many(has_one, noted)


async def _drop_index_by_destination(link: "Link") -> None:
    if "waiting_at" in await link[ALERTS].index_information():
        await link[ALERTS].drop_index("waiting_at")


HISTORY = (
    Migration(1, "建立全部集合、索引和校验规则", (_lay_out_counter,)),
    Migration(2, "增加来源状态、同族和幂等键的集合"),
    Migration(3, "公开按申请号查找；法律事件；订阅的事件、更正、同族选项", (_note_applications,)),
    Migration(4, "隔离区记下次数、最近一次和保留了多少"),
    Migration(5, "微信服务号渠道；记下对方给已收下的消息的编号"),
    Migration(6, "订阅的工作日；消息上的说明"),
    Migration(7, "增加有归属的资料的集合：单位、成员、各自的画像、目的地和订阅"),
    Migration(8, "等着推送的命中少一个索引，改由订阅查目的地", (_drop_index_by_destination,)),
    Migration(9, "增加申请文件文本的集合：等它的公开到来"),
    Migration(10, "命中记下它在消息里占多少"),
)
"""Never change one that was released; add the next."""

LATEST = HISTORY[-1].version


@translated
async def version_of(link: "Link") -> int:
    """Return the version that a database has; 0 before its first is whole."""
    newest = await link[MIGRATIONS].find_one({}, {"_id": 1}, sort=[("_id", -1)])
    return 0 if newest is None else int(newest["_id"])


@translated
async def changes_to(link: "Link") -> list[Change]:
    """Return what is missing for the latest version, but for steps on data."""
    return await missing(link)


def pending(version: int) -> list[Migration]:
    """Return what comes after a version."""
    return [migration for migration in HISTORY if migration.version > version]


async def migrate(link: "Link", clock: "Clock", tell: Callable[[str], None] = lambda _: None) -> int:
    """Bring the database to the latest version, and return how many versions that took; what was begun is gone on with.

    Args:
        link: the database.
        clock: tells when a version was reached.
        tell: is told each thing before it is done.

    Raises:
        RetryLaterError: somebody else migrates it just now.
        MisconfiguredError: it is newer than this program.
    """
    refuse_newer(await version_of(link))
    async with _alone(link):
        steps = pending(await version_of(link))
        await _bring_up(link, clock, steps, tell)
        return len(steps)


async def prepare(link: "Link", clock: "Clock") -> None:
    """Make sure that the database has the latest version: an empty one is set up, an older one is left to its operator.

    Raises:
        MisconfiguredError: it is older or newer, or holds documents of somebody else.
        RetryLaterError: another process has been setting it up for too long.
    """
    for _ in range(int(LEASE_SECONDS / _LOOK_SECONDS)):
        version = await version_of(link)
        refuse_newer(version)
        if version == LATEST:
            return
        if version > 0:
            if await _is_on_its_way(link, version):
                await asyncio.sleep(_LOOK_SECONDS)
                continue
            raise MisconfiguredError(
                f"数据库 {link.database.name} 的结构是版本 {version}，这个程序需要版本 {LATEST}。"
                "请先看看 zhitui store migrate --dry-run 会做什么，再运行 zhitui store migrate。"
            )
        if (foreign := await _foreign(link)) is not None and await version_of(link) == 0:
            raise MisconfiguredError(
                f"数据库 {link.database.name} 里已经有集合 {foreign}，但不是知推建的。"
                "请用 ZHITUI_MONGO_DATABASE 换一个空的数据库名，或者先清理它。"
            )
        try:
            await migrate(link, clock)
        except RetryLaterError:
            await asyncio.sleep(_LOOK_SECONDS)  # another process sets it up; real time, as it is the server's lease
    raise RetryLaterError(f"另一个进程正在准备数据库 {link.database.name}；请稍后再试。")


def refuse_newer(version: int) -> None:
    """Refuse a database of the future.

    Raises:
        MisconfiguredError: it is one.
    """
    if version > LATEST:
        raise MisconfiguredError(
            f"数据库的结构是版本 {version}，比这个程序认识的版本 {LATEST} 新；请升级知推，或者换回原来的数据库。"
        )


@translated
async def _is_on_its_way(link: "Link", version: int) -> bool:
    """Whether somebody is bringing the database from this version to the next just now, or has done so since it was asked."""
    if any(lease.name == LEASE for lease in await MongoLeases(link).held()):
        return True
    return await version_of(link) != version


@translated
async def _foreign(link: "Link") -> str | None:
    """Return a collection that has documents although nobody has set it up."""
    for name in COLLECTIONS:
        if name not in _BEFORE_FIRST and await link[name].find_one({}, {"_id": 1}) is not None:
            return name
    return None


@translated
async def _bring_up(link: "Link", clock: "Clock", steps: Sequence[Migration], tell: Callable[[str], None]) -> None:
    for change in await missing(link):
        tell(change.what)
        await change.do()
    for migration in steps:
        tell(f"版本 {migration.version}：{migration.title}")
        for step in migration.steps:
            await step(link)
        reached = {"title": migration.title, "applied_at": clock.now()}
        await link[MIGRATIONS].update_one({"_id": migration.version}, {"$set": reached}, upsert=True)


@asynccontextmanager
async def _alone(link: "Link") -> "AsyncIterator[None]":
    """Hold the lease for as long as the context lasts; a step that outlasts a lost lease is harmless, as it may run twice.

    Raises:
        RetryLaterError: somebody else has it.
    """
    leases = MongoLeases(link)
    owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    lease = await leases.acquire(LEASE, owner, seconds=LEASE_SECONDS)
    if lease is None:
        raise RetryLaterError(
            f"另一个进程正在升级数据库 {link.database.name}；等它完成，或者它若已被杀死，{LEASE_SECONDS:.0f} 秒后再试。"
        )

    keeping = asyncio.create_task(_keep(leases, lease), name="schema lease")
    try:
        yield
    finally:
        await cancel(keeping)
        await leases.release(lease)


async def _keep(leases: MongoLeases, lease: "Lease") -> None:
    is_ours = True
    while is_ours:
        await asyncio.sleep(LEASE_SECONDS / 3)
        is_ours = await leases.renew(lease, seconds=LEASE_SECONDS)
