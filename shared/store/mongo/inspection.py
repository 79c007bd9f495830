"""Looks at a database as a whole: its structure, its rules, and what must fit together across collections."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.store.mongo import delivery_documents, quarantine, told, waiting
from shared.store.mongo.failures import translated
from shared.store.mongo.link import patiently
from shared.store.mongo.migrations import LATEST, changes_to, refuse_newer, version_of
from shared.store.mongo.schema import COLLECTIONS
from shared.store.mongo.walking import by_ids
from shared.store.records import AlertState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at.

    Attributes:
        what: the sentence for people.
        count: how many documents were looked at.
        wrong: how many of them are not as they must be.
        examples: ids of some of these.
    """

    what: str
    count: int
    wrong: int = 0
    examples: tuple[str, ...] = ()


async def inspect(link: "Link") -> "AsyncIterator[Seen]":
    """Look at everything; it reads every document once, and changes none.

    Raises:
        MisconfiguredError: the database is newer than this program.
        RetryLaterError: the server does not answer.
    """
    version = await version_of(link)
    refuse_newer(version)
    yield Seen(f"结构版本 {version}（这个程序需要 {LATEST}）", 1, int(version != LATEST))
    missing = await changes_to(link)
    yield Seen("集合、索引和校验规则", len(COLLECTIONS), len(missing), tuple(change.what for change in missing))
    for name in COLLECTIONS:
        yield await _by_rule(link, name)
    for seen in await _alerts(link):
        yield seen
    yield await _quarantine(link)


@translated
async def _by_rule(link: "Link", name: str) -> Seen:
    broken = {"$nor": [{"$jsonSchema": COLLECTIONS[name].rule}]}
    with patiently():
        count = await link[name].estimated_document_count()
        examples = [str(d["_id"]) async for d in link[name].find(broken, {"_id": 1}, limit=5)]
        wrong = await link[name].count_documents(broken) if examples else 0
    return Seen(f"{name} 的文档符合校验规则", count, wrong, tuple(examples))


@translated
async def _alerts(link: "Link") -> list[Seen]:
    """Whether what alerts tell is there, a planned one has its delivery, and only those wait that are pending."""
    wrong: dict[str, list[str]] = {"told": [], "delivery": [], "waits": []}
    count = 0
    fields = {"told": 1, "state": 1, "delivery_id": 1, "due": 1}
    cursor = link[waiting.ALERTS].find({}, fields, batch_size=_BATCH)
    async with cursor:
        while batch := await cursor.to_list(_BATCH):
            count += len(batch)
            planned = [d for d in batch if d["state"] == AlertState.PLANNED.value]
            wrong["told"] += await _without(link, told.NAME, batch, "told")
            wrong["delivery"] += await _without(link, delivery_documents.NAME, planned, "delivery_id")
            wrong["waits"] += [d["_id"] for d in batch if (d["state"] == AlertState.PENDING.value) != ("due" in d)]
    sentences = {
        "told": "提醒要说的公开都在",
        "delivery": "已排定的提醒都有它的推送",
        "waits": "等待中的提醒都会被排定，其余的不会",
    }
    return [Seen(what, count, len(wrong[kind]), tuple(wrong[kind][:5])) for kind, what in sentences.items()]


async def _without(link: "Link", name: str, documents: "Iterable[Document]", field: str) -> list[str]:
    wanted = {document["_id"]: document.get(field) for document in documents}
    there = {d["_id"] async for d in by_ids(link[name], {v for v in wanted.values() if v is not None}, {"_id": 1})}
    return [identity for identity, value in wanted.items() if value not in there]


@translated
async def _quarantine(link: "Link") -> Seen:
    missing = []
    count = 0
    async for item in link[quarantine.ITEMS].find({}, {"chunks": 1}):
        count += 1
        if await link[quarantine.CHUNKS].count_documents(quarantine.chunks_of(item["_id"])) != item["chunks"]:
            missing.append(item["_id"])
    return Seen("隔离区的内容完整", count, len(missing), tuple(missing[:5]))
