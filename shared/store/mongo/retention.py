"""How long what guards nothing is kept: TTL indexes, whose ages are settings.

Nothing here decides whether somebody is told once: alerts, deliveries, publications and what is told never go by themselves.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pymongo import ASCENDING

from shared.store.mongo import matches, runs
from shared.store.mongo.failures import translated
from shared.store.mongo.link import patiently

if TYPE_CHECKING:
    from shared.settings import Settings
    from shared.store.mongo.link import Link

INDEX = "kept"


@dataclass(frozen=True, slots=True)
class Kept:
    """A collection whose documents go by themselves.

    Attributes:
        field: the date that they count from.
    """

    collection: str
    field: str
    keep: timedelta


def kept(settings: "Settings") -> list[Kept]:
    """Return what is kept for how long."""
    return [
        Kept(matches.NAME, "matched_at", timedelta(days=settings.mongo_keep_matches_days)),
        Kept(runs.NAME, "started_at", timedelta(days=settings.mongo_keep_runs_days)),
    ]


@translated
async def keep(link: "Link", settings: "Settings") -> None:
    """Make the indexes and their ages as the settings say."""
    for one in kept(settings):
        seconds = int(one.keep.total_seconds())
        present = (await link[one.collection].index_information()).get(INDEX)
        if present is None:
            with patiently():
                await link[one.collection].create_index(
                    [(one.field, ASCENDING)], name=INDEX, expireAfterSeconds=seconds
                )
        elif present.get("expireAfterSeconds") != seconds:
            age = {"name": INDEX, "expireAfterSeconds": seconds}
            await link.database.command("collMod", one.collection, index=age)
