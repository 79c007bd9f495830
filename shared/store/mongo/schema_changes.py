"""Brings a database to the collections of `schema`, and says what that takes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pymongo.errors import CollectionInvalid, OperationFailure

from shared.store.mongo.failures import NAMESPACE_EXISTS
from shared.store.mongo.link import patiently
from shared.store.mongo.schema import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo import IndexModel

    from shared.store.mongo.collection_schema import CollectionSchema
    from shared.store.mongo.link import Link

_COMPARED = ("key", "unique", "partialFilterExpression", "expireAfterSeconds")
_AGES = "expireAfterSeconds"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do; doing it twice is doing it once.

    Attributes:
        what: the sentence for people.
    """

    what: str
    do: Callable[[], Awaitable[object]]


async def missing(link: "Link", schemas: "Mapping[str, CollectionSchema]" = COLLECTIONS) -> list[Change]:
    """Return what must be changed for the database to have these collections, with their rules and indexes."""
    options = {one["name"]: one.get("options", {}) async for one in await link.database.list_collections()}
    changes: list[Change] = []
    for name, schema in schemas.items():
        if name not in options:
            changes.append(Change(_creation(name, schema), partial(_create, link, name, schema)))
            continue
        if options[name].get("validator") != _validator(schema):
            changes.append(Change(f"更新集合 {name} 的校验规则", partial(_modify, link, name, schema)))
        changes += await _missing_indexes(link, name, schema)
    return changes


async def _missing_indexes(link: "Link", name: str, schema: "CollectionSchema") -> list[Change]:
    present = await link[name].index_information()
    changes = []
    for index in schema.indexes:
        wanted = index.document
        found: dict[str, Any] | None = present.get(wanted["name"])
        if found is None:
            changes.append(Change(f"给 {name} 建索引 {wanted['name']}", partial(_build, link, name, index)))
        elif _differ(found, wanted):
            changes.append(Change(f"重建 {name} 的索引 {wanted['name']}", partial(_rebuild, link, name, index)))
    return changes


def _differ(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    there = {**found, "key": [(field, int(direction)) for field, direction in found["key"]]}
    asked = {**wanted, "key": list(wanted["key"].items())}
    return any(there.get(option) != asked.get(option) for option in _COMPARED)


def _creation(name: str, schema: "CollectionSchema") -> str:
    indexes = "、".join(index.document["name"] for index in schema.indexes)
    return f"新建集合 {name}，索引 {indexes}" if indexes else f"新建集合 {name}"


def _validator(schema: "CollectionSchema") -> dict[str, Any]:
    return {"$jsonSchema": schema.rule}


async def _create(link: "Link", name: str, schema: "CollectionSchema") -> None:
    try:
        await link.database.create_collection(name, validator=_validator(schema), check_exists=False)
    except (CollectionInvalid, OperationFailure) as error:
        if isinstance(error, OperationFailure) and error.code != NAMESPACE_EXISTS:
            raise
        await _modify(link, name, schema)  # somebody else made it, perhaps with the rule of another version
    if schema.indexes:
        await link[name].create_indexes(list(schema.indexes))


async def _modify(link: "Link", name: str, schema: "CollectionSchema") -> None:
    await link.database.command("collMod", name, validator=_validator(schema), validationLevel="strict")


async def _build(link: "Link", name: str, index: "IndexModel") -> None:
    with patiently():
        await link[name].create_indexes([index])


async def _rebuild(link: "Link", name: str, index: "IndexModel") -> None:
    await link[name].drop_index(index.document["name"])
    await _build(link, name, index)
