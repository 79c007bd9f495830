"""Kinds of the suites' own, one for each thing that a kind may say."""

from datetime import datetime
from typing import Any

import msgspec

from shared.store.filed import Kind


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A document with everything that a kind can ask of it."""

    id: str
    owner: str = "o-1"
    place: str = ""
    names: tuple[str, ...] = ()
    until: datetime | None = None
    text: str = ""


CARDS = Kind(
    name="test_cards",
    document=Card,
    owner=lambda card: card.owner,
    lookups=lambda card: card.names,
    order=lambda card: card.place,
    title="卡片",
)
NOTES = Kind(name="test_notes", document=Card, lookups=lambda card: card.names, sealed=True)
PASSES = Kind(
    name="test_passes",
    document=Card,
    owner=lambda card: card.owner,
    lookups=lambda card: card.names,
    expires_at=lambda card: card.until,
)
ALL: tuple[Kind[Any], ...] = (CARDS, NOTES, PASSES)
