"""A matcher on an embedded bus in a temporary folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet

from services.matcher.wiring import open_role
from shared.backends import open_backends
from shared.bus.port import Record
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS, Topic
from shared.clock import Clock, SystemClock
from shared.metrics import Metrics
from shared.runtime.role import Role, Surroundings
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.wire.events import Change, ProfileSaved, PublicationMatched, PublicationSeen, decode_event, encode_event
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


@asynccontextmanager
async def open_surroundings(folder: Path, clock: Clock | None = None, **chosen: object) -> AsyncIterator[Surroundings]:
    """Open everything a role is given, on a folder."""
    settings, clock = load_settings(data_dir=folder, **chosen), clock or SystemClock()
    secrets = SecretBox(Fernet.generate_key().decode("ascii"))
    async with open_backends(settings, clock, secrets) as backends:
        yield Surroundings(
            settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )


@asynccontextmanager
async def running(around: Surroundings) -> AsyncIterator[Role]:
    """Run the matcher until the context is left."""
    stop = asyncio.Event()
    async with open_role(around) as role, asyncio.TaskGroup() as group:
        group.create_task(role.run(stop))
        try:
            yield role
        finally:
            stop.set()


async def worked_off(role: Role) -> None:
    """Wait until nothing is pending; on a fresh machine the engine is compiled first."""
    async with asyncio.timeout(180):
        while not await role.is_idle():  # noqa: ASYNC110 - the role tells nobody by itself
            await asyncio.sleep(0.01)


async def save(around: Surroundings, profile_id: str, term: str | None) -> None:
    """Put a profile that wants a term on the bus, or its tombstone."""
    value = None
    if term is not None:
        profile = Profile(id=profile_id, name=f"名{profile_id}", rules=(Rule(groups=((term,),)),))
        value = encode_event(ProfileSaved(profile=profile, saved_at=NOW))
    await around.bus.append(PROFILES, [Record(key=profile_id, value=value)])


async def see(around: Surroundings, *titles: str) -> None:
    """Put publications on the bus; a publication's number is its title."""
    events = [
        PublicationSeen(
            publication=Publication(publication_number=title, kind="A", title=title),
            content_hash="h",
            change=Change.NEW,
            seen_at=NOW,
        )
        for title in titles
    ]
    await around.bus.append(
        PUBLICATIONS, [Record(key=event.publication.publication_number, value=encode_event(event)) for event in events]
    )


async def told(around: Surroundings) -> dict[str, list[str]]:
    """Return publication → profiles, as it lies on the matches topic."""
    found: dict[str, list[str]] = {}
    async with around.bus.reader(MATCHES) as reader:
        while records := await reader.poll(1000, 0):
            for record in records:
                event = decode_event(record.value or b"", PublicationMatched)
                found.setdefault(record.key, []).extend(match.profile_id for match in event.matches)
    return found


async def parked(around: Surroundings, topic: Topic) -> list[bytes | None]:
    """Return the values of a topic's dead letters."""
    async with around.bus.reader(topic.dead_letters) as reader:
        return [record.value for record in await reader.poll(1000, 0)]
