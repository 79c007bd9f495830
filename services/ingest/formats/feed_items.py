"""RSS 0.9x, 1.0, 2.0 and Atom whose items tell of publications (docs/sources.md, "Feeds")."""

import io
import re
from typing import TYPE_CHECKING

import feedparser  # type: ignore[import-untyped]  # has no types, and nobody wrote any

from services.ingest.formats.feed_record import record_of
from services.ingest.formats.feed_split import Split, root_of, split
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import publication_of
from services.ingest.records import Document, Item, Items, Parsed, Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.wire.publication import Publication

NAME = "feed"
MAX_FEED_BYTES = 2 * 1024 * 1024
MAX_ITEM_BYTES = 64 * 1024
MAX_ITEM_TAGS = 2000
MAX_ITEMS = 10_000
_UNREADABLE = "这一条的 XML 读不通；请核对订阅源，或等来源改正后重放。"
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,32};)")
_BYTES = "latin-1"
"""Keeps any bytes as text and gives them back."""


def recognises(head: bytes) -> bool:
    """Whether the root element is a feed's."""
    return root_of(head) is not None


def read(document: Document, head: bytes) -> Items:
    """Yield the publication of each item; an item that proves none is refused on its own."""
    raw = document.read(head, MAX_FEED_BYTES)
    if len(raw) > MAX_FEED_BYTES:
        yield document.refuse("too-large", "订阅源超过 2 MiB；请缩小检索式的范围后重新订阅。", format_name=NAME)
        return
    pieces = split(raw)
    if b"<!ENTITY" in pieces.head:
        yield document.refuse(
            "xml-entities", "订阅源自己声明了实体（ENTITY），可能是攻击；出于安全不读取。", format_name=NAME
        )
        return
    if len(pieces.items) > MAX_ITEMS:
        yield document.refuse(
            "too-large", f"订阅源有 {len(pieces.items)} 条，超过 {MAX_ITEMS} 条；请缩小检索式的范围。", format_name=NAME
        )
        return
    for number, item in enumerate(pieces.items, 1):
        yield _read_item(item, pieces, document.at(f"item {number}"))


def replayable(raw: bytes, context: "Mapping[str, str]") -> bytes:
    """Return a feed that holds a refused item only."""
    return context["before"].encode(_BYTES) + raw + context["after"].encode(_BYTES)


def _read_item(item: bytes, pieces: Split, location: str) -> Item:
    try:
        return Parsed(_publication(item, pieces), location)
    except WrongRecordError as error:
        return Rejected(
            raw=item,
            location=location,
            reason_code=error.code,
            reason=str(error),
            format=NAME,
            context={"before": pieces.before.decode(_BYTES), "after": pieces.after.decode(_BYTES)},
        )


def _publication(item: bytes, pieces: Split) -> "Publication":
    if len(item) > MAX_ITEM_BYTES or item.count(b"<") > MAX_ITEM_TAGS:
        raise WrongRecordError("too-large", "这一条超过 64 KiB 或 2000 个标签，不像一条公开信息；请核对订阅源。")
    # Many feeds write a bare "&" (R&D); the parser for what is not well-formed would make an entity of it.
    mended = _BARE_AMPERSAND.sub(b"&amp;", item)
    # A stream, never the bytes: feedparser would open what looks like a path or an address.
    alone = io.BytesIO(pieces.before + mended + pieces.after)
    try:
        feed = feedparser.parse(alone, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # it reads what anybody writes, and raises whatever comes of it
        raise WrongRecordError("bad-xml", _UNREADABLE) from error
    if len(feed.entries) != 1:
        raise WrongRecordError("bad-xml", _UNREADABLE)
    return publication_of(record_of(feed.entries[0], feed.feed.get("language", ""), NAME))
