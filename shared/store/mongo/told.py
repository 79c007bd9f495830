"""Collection ``told_publications``: what alerts tell, once for all alerts that tell the same.

An alert tells a publication as it was matched, also when it is corrected later. Twenty alerts of one publication name one
document here, whose id is made of the content; so it is never changed, and may be kept in memory.
"""

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec
from pymongo.errors import BulkWriteError

from shared.store.mongo.documents import Document, builtins, lean
from shared.store.mongo.failures import is_duplicate
from shared.store.mongo.walking import by_ids, pieces
from shared.wire.identity import item_key
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.store.mongo.link import Link
    from shared.store.records import Alert

NAME = "told_publications"

T = TypeVar("T")

_IN_MEMORY = 5_000
_encode = msgspec.json.Encoder(order="deterministic").encode


class Told(NamedTuple):
    """A publication as it is told, and the family that it was told under."""

    publication: Publication
    family_key: str | None


class Member(NamedTuple):
    """A publication that was told, as its family sees it."""

    family_key: str
    kind: str
    application_number: str | None


class ToldPublications:
    """Stores and finds them."""

    def __init__(self, link: "Link") -> None:
        self._told = link[NAME]
        self._stored: OrderedDict[str, None] = OrderedDict()
        self._known: OrderedDict[str, Told] = OrderedDict()

    async def save(self, alerts: "Sequence[Alert]") -> list[str]:
        """Store what these alerts tell, unless it is there, and return the id of each one's."""
        ids: dict[tuple[int, str | None], str] = {}  # the alerts of a batch share their publications
        fresh: dict[str, Document] = {}
        names = []
        for alert in alerts:
            key = (id(alert.publication), alert.family_key)
            name = ids.get(key)
            if name is None:
                told = Told(alert.publication, alert.family_key)
                name = ids[key] = name_of(told)
                if name not in self._stored:
                    fresh[name] = document(told)
            names.append(name)
        if fresh:
            await self._insert(fresh)
        return names

    async def many(self, names: "Iterable[str]") -> dict[str, Told]:
        """Return those with these ids."""
        wanted = set(names)
        found = {name: self._known[name] for name in wanted if name in self._known}
        async for stored in by_ids(self._told, wanted - found.keys()):
            found[stored["_id"]] = told = record(stored)
            _remember(self._known, stored["_id"], told)
        return found

    async def of_families(self, family_keys: "Sequence[str]") -> "dict[str, Member]":
        """Return id → what is known of all that were told under these families."""
        relatives: dict[str, Member] = {}
        fields = {"family_key": 1, "publication.kind": 1, "publication.application_number": 1}
        for piece in pieces(family_keys):
            async for stored in self._told.find({"family_key": {"$in": piece}}, fields):
                of = stored["publication"]
                relatives[stored["_id"]] = Member(stored["family_key"], of["kind"], of.get("application_number"))
        return relatives

    async def _insert(self, fresh: dict[str, Document]) -> None:
        try:
            await self._told.insert_many(fresh.values(), ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise
        for name in fresh:
            _remember(self._stored, name, None)


def name_of(told: Told) -> str:
    """Return the id: the item's key, and a hash of all that is told."""
    digest = hashlib.blake2b(_encode(told), digest_size=9).hexdigest()
    return f"{item_key(told.publication)} {digest}"


def document(told: Told) -> Document:
    """Return the document."""
    document: Document = {"_id": name_of(told), "publication": lean(builtins(told.publication))}
    if told.family_key is not None:
        document["family_key"] = told.family_key
    return document


def record(document: Document) -> Told:
    """Return what a document tells."""
    return Told(msgspec.convert(document["publication"], Publication), document.get("family_key"))


def _remember(memory: "OrderedDict[str, T]", name: str, value: T) -> None:
    memory[name] = value
    if len(memory) > _IN_MEMORY:
        memory.popitem(last=False)
