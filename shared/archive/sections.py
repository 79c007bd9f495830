"""The sections of a backup: the store's collections, the bus's topics, and files of the data folder."""

from typing import TYPE_CHECKING

import msgspec

from shared.bus.port import Received, Record
from shared.bus.topics import ALL_TOPICS, PROFILES, Topic
from shared.filing.kinds import KINDS
from shared.store.archived import COLLECTIONS, Document
from shared.store.filing import FiledRecord
from shared.store.records import MatchRecord
from shared.wire.subscription import Destination

if TYPE_CHECKING:
    from shared.archive.keys import Resealing

TOPIC_PREFIX = "topic:"
FILE_PREFIX = "file:"

TITLES = {
    "publications": "公开",
    "publication_versions": "公开的历史版本",
    "profiles": "订阅画像",
    "destinations": "目的地",
    "subscriptions": "订阅",
    "unsubscribe_tokens": "退订链接",
    "matches": "匹配",
    "alerts": "提醒",
    "deliveries": "推送",
    "delivery_attempts": "推送尝试",
    "ingest_runs": "读取记录",
    "quarantine_items": "隔离区",
    "source_states": "来源状态",
    "families": "同族",
    **{kind.name: kind.title for kind in KINDS},
}
"""How people call the collections."""


class BusLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record of the bus: its value as text where it is text, else as bytes; neither is a tombstone.

    Attributes:
        appended_at: microseconds since 1970.
    """

    key: str
    text: str | None = None
    raw: bytes | None = None
    headers: dict[str, str] = {}
    appended_at: int = 0

    @property
    def record(self) -> Record:
        """What is appended again."""
        value = self.raw if self.text is None else self.text.encode()
        return Record(key=self.key, value=value, headers=self.headers)


def bus_line(received: Received) -> BusLine:
    """Return a record as a backup holds it."""
    text = raw = None
    if received.value is not None:
        try:
            text = received.value.decode()
        except UnicodeDecodeError:
            raw = received.value
    appended_at = int(received.appended_at.timestamp() * 1_000_000)
    return BusLine(key=received.key, text=text, raw=raw, headers=dict(received.headers), appended_at=appended_at)


def title(section: str) -> str:
    """Return what people call a section, with its own name."""
    name = section.removeprefix(TOPIC_PREFIX)
    if name != section:
        return f"总线 {name}"
    name = section.removeprefix(FILE_PREFIX)
    return f"文件 {name}" if name != section else f"{TITLES[section]} {section}"


def topic_section(topic: Topic) -> str:
    """Return the name of a topic's section."""
    return TOPIC_PREFIX + topic.name


TOPICS = {topic_section(topic): topic for topic in ALL_TOPICS}

SECTIONS = (
    *(topic_section(topic) for topic in ALL_TOPICS if topic != PROFILES),
    *COLLECTIONS,
    topic_section(PROFILES),
)
"""In the order in which a backup holds them: what can expire first, and profiles in force after those that are listed."""


def encode_document(document: Document) -> bytes:
    """Return a document's line, the same from every backend."""
    if isinstance(document, MatchRecord):  # in any order, says the record
        document = msgspec.structs.replace(document, profile_ids=tuple(sorted(document.profile_ids)))
    return _encode(document)


def resealed(section: str, document: Document, resealing: "Resealing | None") -> Document:
    """Return a document of a section with its secrets sealed anew, where it has any."""
    if resealing is None:
        return document
    if isinstance(document, FiledRecord):
        text = resealing.turn(document.text) if section in _SEALED else document.text
        return msgspec.structs.replace(document, text=text)
    if not isinstance(document, Destination):
        return document
    return msgspec.structs.replace(
        document,
        address=resealing.turn(document.address),
        options={name: resealing.turn(value) for name, value in document.options.items()},
    )


_SEALED = frozenset(kind.name for kind in KINDS if kind.sealed)
_encode = msgspec.json.Encoder().encode
