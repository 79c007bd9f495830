"""What a feed says, whatever its form: a pure function of the deliveries that it shows."""

import hashlib
import re
import uuid
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from shared.wording.items import view
from shared.wording.sections import shown_once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.records import Alert, Delivery
    from shared.wire.subscription import Destination
    from shared.wording.items import Item

MAX_DELIVERIES = 50
MAX_ENTRIES = 500

VERSION = 1
"""To be raised whenever the same deliveries come to be told in other words: readers hold what they have until then."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One publication, told once.

    Attributes:
        id: permanent: what it tells, to whom, for which subscription.
        html: safe to show as it is.
        tags: its main class.
        told_at: aware UTC.
    """

    id: str
    number: str
    title: str
    html: str
    tags: tuple[str, ...]
    told_at: "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A whole feed, newest first.

    Attributes:
        url: its own address, ``None`` when nobody outside reaches this server.
        updated_at: when the newest was told; when the feed was made, while there is none.
    """

    id: str
    title: str
    url: str | None
    updated_at: "datetime"
    entries: tuple[Entry, ...]


def compose(
    destination: "Destination",
    told: "Sequence[tuple[Delivery, Sequence[Alert]]]",
    *,
    key: bytes,
    url: str | None,
) -> Feed:
    """Return the feed of a destination.

    Args:
        destination: whose.
        told: deliveries that were sent, the newest first, each with its alerts in order.
        key: belongs to this installation, so that no other has the same ids; 16 bytes or more.
        url: see `Feed`.
    """
    place = uuid.UUID(bytes=key[:16])
    entries = [
        entry for delivery, alerts in told for entry in _entries(alerts, delivery.sent_at or delivery.created_at, place)
    ]
    return Feed(
        id=_urn(place, destination.id),
        title=clean(f"知推专利提醒 · {destination.id}"),
        url=url,
        updated_at=max((entry.told_at for entry in entries), default=destination.created_at),
        entries=tuple(entries),
    )


def fingerprint(destination: "Destination", deliveries: "Sequence[Delivery]", *, form: str, url: str | None) -> str:
    """Return what changes whenever the bytes of the feed do; known without reading what the deliveries tell."""
    said = repr((VERSION, form, url, destination.id, [(delivery.id, delivery.sent_at) for delivery in deliveries]))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def clean(text: str) -> str:
    """Return the text without the characters that XML 1.0 cannot carry (2.2, Char), which parsers refuse."""
    return _NOT_XML.sub("", text)


def _entries(alerts: "Sequence[Alert]", told_at: "datetime", place: uuid.UUID) -> "list[Entry]":
    shown = shown_once(alerts)
    told_by = shown.told_by
    return [_entry(alert, told_by[alert.key], told_at, place) for alert in shown.alerts]


def _entry(alert: "Alert", subscription_ids: "Sequence[str]", told_at: "datetime", place: uuid.UUID) -> Entry:
    item = view(alert)
    key = alert.key
    return Entry(
        id=_urn(place, key.destination_id, key.subscription_id, key.publication_number),
        number=clean(item.number),
        title=clean(item.plain_title),
        html=clean(_html(item, subscription_ids)),
        tags=tuple(map(clean, (alert.publication.ipc or alert.publication.locarno)[:1])),
        told_at=told_at,
    )


def _html(item: "Item", subscription_ids: "Sequence[str]") -> str:
    title = "".join(f"<strong>{escape(part.text)}</strong>" if part.hit else escape(part.text) for part in item.title)
    facts = " · ".join(map(escape, filter(None, (item.number, *item.facts, item.applicants))))
    names = "".join(f"“{escape(one)}”" for one in subscription_ids)
    happened = f"<p>{escape(item.happened)}</p>" if item.happened else ""
    whys = "".join(f"<li>{escape(why)}</li>" for why in item.whys)
    return f"<p>{title}</p><p>{facts}</p>{happened}<p>订阅{names}收录的原因：</p><ul>{whys}</ul>"


def _urn(place: uuid.UUID, *parts: str) -> str:
    return uuid.uuid5(place, "".join(f"{len(part)}:{part}" for part in parts)).urn
