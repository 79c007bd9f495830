"""Installations full of everything, made from a seed, and what they hold in a form that can be compared."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from shared.archive.bus_walk import undone, walk
from shared.archive.sections import encode_document
from shared.bus.port import Bus, Record
from shared.bus.topics import ALL_TOPICS, MATCHES, PROFILES, PUBLICATIONS, Topic
from shared.filing.kinds import KINDS
from shared.runtime.role import Surroundings
from shared.secret_box import SecretBox
from shared.store.archived import COLLECTIONS, QUARANTINE_PART_BYTES, QuarantinePart, UnsubscribeToken
from shared.store.families import FamilyKey
from shared.store.filed import Kind
from shared.store.filing import FiledRecord
from shared.store.incoming import IngestRun, RunState, SourceState
from shared.store.quarantined import QuarantineItem
from shared.store.records import Alert, AlertKey, AlertState, Attempt, Delivery, DeliveryState, PublicationVersion, Why
from shared.wire.content import content_hash
from shared.wire.events import Change, ProfileSaved, PublicationSeen, encode_event
from shared.wire.match import Evidence, HitKind
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Applicant, Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tests.contract.made import match

_WORDS = ("固态电池", "隔膜", "机床", "轴承", "卫星导航", "𠮷", "LED", "é", "\u2028", '\\"')
_BEGAN = datetime(2026, 1, 5, 2, 0, 0, 123456, tzinfo=UTC)

Held = dict[str, Counter[bytes]]


class Maker:
    """Draws documents of every kind; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def text(self) -> str:
        return "".join(self.draw.choices(_WORDS, k=self.draw.randint(1, 6)))

    def moment(self) -> datetime:
        return _BEGAN + timedelta(microseconds=self.draw.randrange(10**12))

    def publication(self, number: int) -> Publication:
        dated = self.draw.random() < 0.9
        return Publication(
            publication_number=f"CN{number:09}A",
            kind="A",
            title=self.text(),
            abstract=self.draw.choice([None, self.text()]),
            published_on=date(2026, 1, 1 + self.draw.randrange(28)) if dated else None,
            applicants=(Applicant(name=self.text()),),
            ipc=("H01M10/0525",),
        )

    def version(self, told: Publication, number: int = 1) -> PublicationVersion:
        accepted_at = self.moment()
        return PublicationVersion(
            publication=told,
            content_hash=content_hash(told),
            version=number,
            accepted_at=accepted_at,
            origin="公报.csv:17",
        )

    def profile(self, number: int) -> Profile:
        return Profile(id=f"p-{number}", name=self.text(), rules=(Rule(groups=((f"词{self.text()}",),)),))

    def destination(self, number: int) -> Destination:
        return Destination(
            id=f"d-{number}",
            channel=self.draw.choice(list(Channel)),
            address=f"w{number}@example.cn",
            options={"secret": self.text()} if number % 2 else {},
            state=self.draw.choice(list(DestinationState)),
            created_at=self.moment(),
        )

    def subscription(self, number: int, profiles: int, destinations: int) -> Subscription:
        return Subscription(
            id=f"s-{number}",
            profiles=tuple(f"p-{n}" for n in self.draw.sample(range(profiles), 3)),
            destinations=(f"d-{self.draw.randrange(destinations)}",),
            schedule=self.draw.choice(["immediate", "daily@09:00"]),
            opted_out=self.draw.choice([(), ("d-1",)]),
            created_at=self.moment(),
        )

    def alert(self, number: int, told: Publication) -> Alert:
        hit = Evidence(term="电池", field="title", start=0, end=2, kind=HitKind.WORD, score=0.1 + 0.2)
        state = self.draw.choice(list(AlertState))
        return Alert(
            key=AlertKey(
                subscription_id=f"s-{number % 7}",
                publication_number=told.publication_number,
                destination_id=f"d-{number % 5}",
            ),
            family_key=self.draw.choice([None, f"f-{number}"]),
            publication=told,
            whys=(Why(profile_id="p-1", profile_name=self.text(), rule=0, score=1 / 3, evidence=(hit,)),),
            score=self.draw.random(),
            created_at=self.moment(),
            state=state,
            delivery_id=f"m-{number}" if state is AlertState.PLANNED else None,
        )

    def delivery(self, number: int) -> Delivery:
        states = list(DeliveryState)
        if number >= 5:  # one at a time to a destination
            states.remove(DeliveryState.SENDING)
        state = self.draw.choice(states)
        sending = state is DeliveryState.SENDING
        return Delivery(
            id=f"m-{number}",
            subscription_id=f"s-{number % 7}",
            destination_id=f"d-{number % 5}",
            channel=Channel.EMAIL,
            publication_numbers=(f"CN{number:09}A",),
            state=state,
            attempts=0 if state is DeliveryState.WAITING else 1,
            owner="local" if sending else None,
            lease_until=self.moment() if sending else None,
            next_attempt_at=self.moment(),
            created_at=self.moment(),
            sent_at=self.moment() if state is DeliveryState.SENT else None,
        )

    def attempt(self, delivery: Delivery) -> Attempt:
        return Attempt(
            delivery_id=delivery.id,
            destination_id=delivery.destination_id,
            number=1,
            started_at=self.moment(),
            outcome=delivery.state,
            duration_seconds=0.125,
        )

    def run(self, number: int) -> IngestRun:
        return IngestRun(
            id=f"r-{number}", source="watch-folder", name=self.text(), state=RunState.DONE, started_at=self.moment()
        )

    def source_state(self, number: int) -> SourceState:
        return SourceState(
            name=f"feed:{number}",
            kind="feed",
            cursor=self.draw.choice([{}, {"etag.$": self.text()}]),
            visited_at=self.draw.choice([None, self.moment()]),
            problem=self.draw.choice([None, self.text()]),
        )

    def family_key(self, number: int) -> FamilyKey:
        return FamilyKey(key=f"app:{number}", family_id=f"family-{number // 2}", width=self.draw.randrange(3))

    def filed(self, kind: Kind[Any], number: int, secrets: SecretBox) -> FiledRecord:
        text = f'{{"id":"{number}"}}'
        return FiledRecord(
            id=f"{number}",
            owner=self.draw.choice(["", "o-1"]),
            order=self.text(),
            lookups=self.draw.choice([(), (f"x-{number}", f"y-{number}")]),
            expires_at=self.moment() if kind.can_expire else None,
            revision=number + 1,
            text=secrets.seal(text).decode() if kind.sealed else text,
        )

    def quarantined(self, number: int, size: int) -> list[QuarantinePart]:
        content = self.draw.randbytes(size)
        item = QuarantineItem(
            id=f"q-{number}",
            kind="record",
            source="gazette-csv",
            name="公报.csv",
            location="line 17",
            reason_code="bad-number",
            reason=self.text(),
            size_bytes=size,
            quarantined_at=self.moment(),
            replayed_at=self.draw.choice([None, self.moment()]),
        )
        starts = range(0, max(size, 1), QUARANTINE_PART_BYTES)
        return [
            QuarantinePart(
                id=item.id,
                offset=start,
                content=content[start : start + QUARANTINE_PART_BYTES],
                item=item if start == starts[-1] else None,
            )
            for start in starts
        ]


async def fill(around: Surroundings, seed: int, *, size: int = 40) -> None:
    """Put about ``12 * size`` documents and records of every kind into an installation."""
    make = Maker(seed)
    archive, store = around.store.archive, around.store
    told = [make.publication(n) for n in range(size)]
    await archive.write("publications", [make.version(one, 2 if n % 4 == 0 else 1) for n, one in enumerate(told)])
    await archive.write("publication_versions", [make.version(one) for one in told[::4]])
    profiles = [make.profile(n) for n in range(size)]
    await store.profiles.put(profiles, saved_at=_BEGAN)
    for n in range(8):
        await store.destinations.put(make.destination(n))
    for n in range(7):
        await store.subscriptions.put(make.subscription(n, size, 8))
    tokens = [
        UnsubscribeToken(token_hash=f"hash-{n}", subscription_id=f"s-{n}", destination_id="d-1") for n in range(7)
    ]
    await archive.write("unsubscribe_tokens", tokens)
    await archive.write(
        "matches", [match(f"p-{n % 9}", "p-20", number=one.publication_number) for n, one in enumerate(told)]
    )
    await archive.write("alerts", [make.alert(n, one) for n, one in enumerate(told)])
    deliveries = [make.delivery(n) for n in range(size)]
    await archive.write("deliveries", deliveries)
    await archive.write("delivery_attempts", [make.attempt(d) for d in deliveries if d.attempts])
    await archive.write("ingest_runs", [make.run(n) for n in range(5)])
    await archive.write("source_states", [make.source_state(n) for n in range(5)])
    await archive.write("families", [make.family_key(n) for n in range(size)])
    for kind in KINDS:
        await archive.write(kind.name, [make.filed(kind, n, around.secrets) for n in range(3)])
    for n, length in enumerate((0, 3, 64 * 1024, 64 * 1024 + 1, 2 * QUARANTINE_PART_BYTES, 700_000)):
        await archive.write("quarantine_items", make.quarantined(n, length))
    await _fill_bus(around.bus, told, profiles, make)


async def _fill_bus(bus: Bus, told: list[Publication], profiles: list[Profile], make: Maker) -> None:
    saved = [Record(key=p.id, value=encode_event(ProfileSaved(profile=p, saved_at=_BEGAN))) for p in profiles]
    await bus.append(PROFILES, saved)
    await bus.append(PROFILES, saved[:5])
    seen = [
        Record(
            key=one.publication_number,
            value=encode_event(
                PublicationSeen(publication=one, content_hash=content_hash(one), change=Change.NEW, seen_at=_BEGAN)
            ),
            headers={"traceparent": make.text()},
        )
        for one in told
    ]
    await bus.append(PUBLICATIONS, seen)
    await bus.append(MATCHES, [Record(key=one.key, value=one.value) for one in seen])
    await bus.append(
        PUBLICATIONS.dead_letters, [Record(key="毒", value=b"\xff\xfe\x00", headers={"error-text": "读不懂"})]
    )
    for topic, group in ((PUBLICATIONS, "matcher"), (MATCHES, "notifier")):
        async with bus.consumer(topic, group) as consumer:
            done = 0
            while done < len(told) // 2:
                received = await consumer.poll(5, 5.0)
                await consumer.commit(received)
                done += len(received)


async def held(around: Surroundings) -> Held:
    """Return all that an installation holds: documents, and what the groups have not done of the bus."""
    found: Held = {}
    async with around.store.archive.snapshot() as snapshot:
        for name in COLLECTIONS:
            found[name] = Counter()
            async for documents in snapshot.walk(name):
                found[name].update(encode_document(document) for document in documents)
    for topic in ALL_TOPICS:
        found[topic.name] = Counter(msgspec.json.encode(record) for record in await _records(around, topic))
    return found


async def _records(around: Surroundings, topic: Topic) -> list[tuple[str, bytes | None, dict[str, str]]]:
    first = await undone(around.bus, topic, matcher_shards=around.settings.matcher_shards)
    records = []
    async for received in walk(around.bus, topic, first=first, ends=await around.bus.ends(topic)):
        records += [(record.key, record.value, dict(record.headers)) for record in received]
    if topic.compacted:  # a broker forgets what was replaced when it likes
        records = [record for record in {record[0]: record for record in records}.values() if record[1] is not None]
    return records


def kept(folder: Path) -> dict[str, Path]:
    return {"terms.jsonl": folder / "terms.jsonl"}
