"""What arrived, held against what had to: counted at the sinks, on the topics and in the store."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.cli.session import open_session
from shared.bus.topics import MATCHES, PROFILES, groups
from shared.store.records import AlertState, DeliveryState
from shared.wire.events import ProfileSaved, PublicationMatched, decode_event
from tests.crash.city.edits import EDITED
from tests.crash.city.history import Judgement, Sighting, judge
from tests.crash.city.outbox import disagreements
from tests.crash.scene import ROBOT_KEYS, TERMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from shared.bus.port import Received
    from shared.runtime.role import Surroundings
    from shared.settings import Settings
    from shared.store.records import Delivery
    from tests.crash.city.edits import Edit
    from tests.crash.city.stream import Stream

Told = tuple[str, str]
"""(destination id, publication number)."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The counts.

    Attributes:
        lost_publications: offered, and not in the store.
        lost_matches: (profile id, publication number) that nobody found.
        lost_deliveries: what no sink saw.
        doubled: what a sink saw more than once, with how often.
        unexplained: those that came more often than their delivery's attempts have ambiguous ends.
        disagreements: deliveries of which the outbox says something else than the sinks.
        stray: what a sink saw and nobody is subscribed to.
        ambiguous: attempts of which nobody knows whether the vendor took the message.
        stuck: what is not at rest in the store.
        edits: how profile edits and matches fit.
        edits_lost: profiles that are not as they were last acknowledged, in the store or on the bus.
    """

    publications: int
    matches: int
    deliveries: int
    messages: int
    lost_publications: list[str]
    lost_matches: list[tuple[str, str]]
    lost_deliveries: list[Told]
    doubled: dict[Told, int]
    unexplained: dict[Told, int]
    disagreements: list[str]
    stray: list[Told]
    ambiguous: int
    stuck: list[str]
    edits: Judgement
    edits_lost: list[str]

    def complaints(self) -> dict[str, object]:
        """Return everything that must not be; empty when all is well."""
        faults: dict[str, object] = {
            "lost publications": self.lost_publications,
            "lost matches": self.lost_matches,
            "lost deliveries": self.lost_deliveries,
            "told twice outside the window": self.unexplained,
            "outbox and sinks disagree": self.disagreements,
            "told without being asked": self.stray,
            "not at rest": self.stuck,
            "edits not in force": self.edits.violations,
            "edits lost": self.edits_lost,
        }
        return {name: found for name, found in faults.items() if found}


def seen_by_sinks(journal: "Path") -> "tuple[Counter[Told], int]":
    """Return how often each destination was told each publication, and by how many messages in all."""
    robots = {key: f"robot{index}" for index, key in enumerate(ROBOT_KEYS)}
    seen: Counter[Told] = Counter()
    lines = journal.read_text("utf-8").splitlines() if journal.exists() else []
    for line in lines:
        message = json.loads(line)
        destination = "box" if message["channel"] == "email" else robots[message["key"]]
        seen.update((destination, number) for number in message["publication_numbers"])
    return seen, len(lines)


def expected(told: "Mapping[str, int]") -> set[Told]:
    """Return what the sinks must see: each publication once in the box, once in the group of its term."""
    return {pair for number, index in list(told.items()) for pair in (("box", number), (f"robot{index}", number))}


async def unrest(around: "Surroundings") -> list[str]:
    """Return what is pending anywhere."""
    found = [
        f"{topic.name}: {lag} behind" for topic, group in groups(1) if (lag := await around.bus.lag(topic, group)) > 0
    ]
    found += [
        f"{channel} deliveries {state}: {count}"
        for (channel, state), count in (await around.store.deliveries.state_counts()).items()
        if state is not DeliveryState.SENT and count
    ]
    alerts = await around.store.alerts.state_counts()
    found += [f"alerts {state}: {n}" for state, n in alerts.items() if state is not AlertState.PLANNED and n]
    return found


async def count(settings: "Settings", stream: "Stream", edits: "Sequence[Edit]", journal: "Path") -> Verdict:
    """Count everything; all programs may be running, and must have come to rest."""
    async with open_session(settings) as around:
        store = around.store
        deliveries = await store.deliveries.recent(limit=10**6)
        sightings = [_sighting(record, stream) for record in await _all(around, MATCHES)]
        found = {(profile, one.number) for one in sightings for profile in one.names}
        known = await store.publications.content_hashes(list(stream.told))
        seen, messages = seen_by_sinks(journal)
        excess = {pair: times - 1 for pair, times in seen.items() if times > 1}
        due = expected(stream.told)
        return Verdict(
            publications=len(stream.told),
            matches=len(found),
            deliveries=len(deliveries),
            messages=messages,
            lost_publications=sorted(set(stream.told) - set(known)),
            lost_matches=sorted({(f"p{index}", number) for number, index in stream.told.items()} - found),
            lost_deliveries=sorted(due - set(seen)),
            doubled={pair: more + 1 for pair, more in excess.items()},
            unexplained=_unexplained(excess, deliveries),
            disagreements=await disagreements(store, deliveries, seen),
            stray=sorted(set(seen) - due),
            ambiguous=sum(delivery.ambiguous for delivery in deliveries),
            stuck=[*await unrest(around), *(f"{name} is not read" for name in stream.unread())],
            edits=judge(edits, sightings),
            edits_lost=await _edits_lost(around, edits),
        )


def _unexplained(excess: "Mapping[Told, int]", deliveries: "Iterable[Delivery]") -> dict[Told, int]:
    window = {
        (delivery.destination_id, number): delivery.ambiguous
        for delivery in deliveries
        for number in delivery.publication_numbers
    }
    return {pair: more for pair, more in excess.items() if more > window.get(pair, 0)}


def _sighting(record: "Received", stream: "Stream") -> Sighting:
    event = decode_event(record.value or b"", PublicationMatched)
    number = event.publication.publication_number
    return Sighting(
        number=number,
        offered=stream.offered[number],
        appended_at=record.appended_at.timestamp(),
        names=event.profile_names,
        words={match.profile_id: frozenset(one.term for one in match.evidence) for match in event.matches},
    )


async def _edits_lost(around: "Surroundings", edits: "Sequence[Edit]") -> list[str]:
    on_bus = {record.key: record.value for record in await _all(around, PROFILES)}
    lost = []
    for profile_id in EDITED:
        last = max((edit for edit in edits if edit.profile_id == profile_id), key=lambda edit: edit.version)
        name = None if last.removes else f"v{last.version}"
        stored = await around.store.profiles.get(profile_id)
        value = on_bus.get(profile_id)
        held = {
            "store": stored and stored.name,
            "bus": None if value is None else decode_event(value, ProfileSaved).profile.name,
        }
        lost += [
            f"{profile_id} is {found} in the {where}, not {name}" for where, found in held.items() if found != name
        ]
    expected_others = {f"p{index}" for index in range(len(TERMS))}
    return lost + [
        f"{missing} is gone" for missing in expected_others - {p.id for p in await around.store.profiles.all()}
    ]


async def _all(around: "Surroundings", topic: "object") -> "list[Received]":
    records: list[Received] = []
    ends = await around.bus.ends(topic)  # type: ignore[arg-type]
    async with around.bus.reader(topic) as reader:  # type: ignore[arg-type]
        while any(reader.positions.get(partition, 0) < end for partition, end in ends.items()):
            records += await reader.poll(5_000, 1.0)
    return records
