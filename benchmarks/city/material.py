"""What lies on the bus and in the store before the clock runs."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from benchmarks.city.size import Size
from benchmarks.generator import FOLDER, profile_file, publication_file
from benchmarks.offline import records
from shared.bus.port import Record
from shared.bus.saved_before import saved_before
from shared.bus.topics import PROFILES, PUBLICATIONS
from shared.runtime.role import Surroundings
from shared.store.sealing import Seal
from shared.wire.content import content_hash
from shared.wire.events import Change, PublicationSeen, encode_event
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

T = TypeVar("T")

RECORDS_AT_ONCE = 2_000
DOCUMENTS_AT_ONCE = 1_000


async def save_profiles(around: Surroundings, size: Size) -> None:
    """Put the profiles on their topic; the store's own list of them has no part in what is measured."""
    moment = around.clock.now().isoformat().encode()
    with profile_file(FOLDER, size.profiles).open("rb") as lines:
        for some in _pieces(lines, RECORDS_AT_ONCE):
            await around.bus.append(PROFILES, [_profile_record(line.strip(), moment) for line in some])


def _profile_record(line: bytes, moment: bytes) -> Record:
    key = line[len(b'{"id":"') : line.index(b'"', len(b'{"id":"'))].decode()
    return Record(key=key, value=b'{"v":1,"profile":' + line + b',"saved_at":"' + moment + b'"}')


async def subscribe(around: Surroundings, size: Size, schedule: str) -> None:
    """Give every so many-th profile a subscription with a mailbox of its own."""
    step = size.profiles // size.subscriptions
    now = around.clock.now()
    seal = Seal(around.secrets)
    for some in _pieces(range(size.subscriptions), DOCUMENTS_AT_ONCE):
        boxes = [
            Destination(
                id=f"box-{number}",
                channel=Channel.EMAIL,
                address=f"sme{number}@example.com",
                state=DestinationState.ACTIVE,
                created_at=now,
            )
            for number in some
        ]
        told = [
            Subscription(
                id=f"sub-{number}",
                profiles=(f"p-{number * step}",),
                destinations=(f"box-{number}",),
                schedule=schedule,
                created_at=now,
            )
            for number in some
        ]
        await around.store.archive.write("destinations", list(map(seal.put_on, boxes)))
        await around.store.archive.write("subscriptions", told)


async def accept_publications(around: Surroundings, size: Size) -> None:
    """Put the publications on the bus as ingest does."""
    if not size.publications:
        return
    path = publication_file(FOLDER, size.publications, size.length)
    headers = await saved_before(around.bus)
    for some in _pieces(records(path, Publication), RECORDS_AT_ONCE):
        await around.bus.append(PUBLICATIONS, [publication_record(around, one, headers) for one in some])


def publication_record(around: Surroundings, publication: Publication, headers: dict[str, str]) -> Record:
    """Return what ingest appends."""
    event = PublicationSeen(
        publication=publication,
        content_hash=content_hash(publication),
        change=Change.NEW,
        seen_at=around.clock.now(),
    )
    return Record(key=publication.publication_number, value=encode_event(event), headers=headers)


def _pieces(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while piece := list(islice(iterator, size)):
        yield piece
