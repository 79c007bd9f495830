"""Families, corrections and legal events, from the bus to what is owed and sent."""

import msgspec

from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.store.records import AlertState, Delivery
from shared.wire.events import Change, encode_event, matched_key
from shared.wire.publication import Publication
from shared.wire.subscription import FamilyAlerts
from tests.integration.notifier.conftest import Bench
from tests.integration.notifier.test_intake import intake, recorded
from tests.unit.notifier.making import mailbox, publication, subscription
from tests.unit.notifier.test_routing import event

FAMILY = "family-1"
INVENTION = publication(family_id=FAMILY)
MODEL = publication("CN209081538U", application_number="201820083831.0", family_id=FAMILY)
CORRECTED = msgspec.structs.replace(INVENTION, title="一种全固态电池的隔膜及其制备方法")
DIFFERENCE = "名称：“一种固态电池的隔膜及其制备方法” → “一种全固态电池的隔膜及其制备方法”"


async def find(bench: Bench, told: Publication, *, difference: str | None = None) -> None:
    change = Change.NEW if difference is None else Change.CORRECTED
    found = msgspec.structs.replace(event(told, p1=0.5), change=change, difference=difference)
    await bench.around.bus.append(MATCHES, [Record(key=matched_key(told), value=encode_event(found))])
    async with intake(bench) as one:
        await recorded(bench, one)


async def planned(bench: Bench) -> list[Delivery]:
    """Plan what is due; return all deliveries, oldest first."""
    await bench.clock.advance(2)
    await bench.planner.plan_due()
    return sorted(await bench.around.store.deliveries.recent(), key=lambda one: one.created_at)


async def sent(bench: Bench) -> list[tuple[str, ...]]:
    """Plan what is due; return what each delivery tells, oldest first."""
    return [one.publication_numbers for one in await planned(bench)]


async def subscribed(bench: Bench, **options: object) -> None:
    await bench.around.store.destinations.put(mailbox())
    await bench.around.store.subscriptions.put(subscription(profiles=("p1",), **options))


async def test_a_family_is_told_once_over_processes_and_each_of_it_where_that_is_wanted(bench: Bench) -> None:
    await subscribed(bench)
    await bench.around.store.subscriptions.put(subscription(id="each", profiles=("p1",), family=FamilyAlerts.EACH))
    await find(bench, INVENTION)
    await find(bench, MODEL)
    (told,) = await planned(bench)
    assert told.publication_numbers == ("CN110083831A", "CN209081538U")
    alerts = await bench.around.store.alerts.of_delivery(told.id)
    assert [(one.key.subscription_id, one.key.publication_number) for one in alerts] == [
        ("battery", "CN110083831A"),
        ("each", "CN110083831A"),
        ("each", "CN209081538U"),
    ]


async def test_a_correction_of_what_was_told_is_told_once_to_who_asked(bench: Bench) -> None:
    await subscribed(bench, corrections=True)
    await bench.around.store.subscriptions.put(subscription(id="other", profiles=("p1",)))
    await find(bench, INVENTION)
    assert len(await sent(bench)) == 1
    for _ in range(2):
        await find(bench, CORRECTED, difference=DIFFERENCE)
    first, correction = await sent(bench)
    assert first == ("CN110083831A",)
    assert correction[0].startswith("CN110083831A:correction:")
    (told,) = (d for d in await bench.around.store.deliveries.recent() if d.publication_numbers == correction)
    await bench.send(told)
    text = bench.mailbox.mails[-1].body("plain")
    assert ("【更正】" in text, DIFFERENCE in text, "CN110083831A" in text) == (True, True, True)
    assert ":correction:" not in text


async def test_a_correction_by_which_it_no_longer_matches_is_told_to_who_asked(bench: Bench) -> None:
    await subscribed(bench, corrections=True)
    await find(bench, INVENTION)
    await sent(bench)
    gone = msgspec.structs.replace(event(CORRECTED), change=Change.CORRECTED, difference=DIFFERENCE)
    await bench.around.bus.append(MATCHES, [Record(key=matched_key(CORRECTED), value=encode_event(gone))])
    async with intake(bench) as one:
        await recorded(bench, one)
    _, correction = await planned(bench)
    await bench.send(correction)
    assert DIFFERENCE in bench.mailbox.mails[-1].body("plain")
    assert await bench.around.store.alerts.match_count() == 1


async def test_a_correction_reaches_what_still_waits_and_is_no_message_of_its_own(bench: Bench) -> None:
    await subscribed(bench, corrections=True, schedule="daily@12:00")
    await find(bench, INVENTION)
    await find(bench, CORRECTED, difference=DIFFERENCE)
    (waiting,) = await bench.around.store.alerts.pending([("battery", "box")], limit=9)
    assert waiting.publication.title == CORRECTED.title


async def test_a_correction_that_newly_matches_is_told_as_any_publication(bench: Bench) -> None:
    await subscribed(bench)
    await find(bench, CORRECTED, difference=DIFFERENCE)
    assert await sent(bench) == [("CN110083831A",)]


async def test_a_legal_event_is_told_to_who_asks_for_it_although_the_patent_was_told(bench: Bench) -> None:
    await subscribed(bench, events=("publication", "pledge"))
    pledge = msgspec.structs.replace(INVENTION, event="pledge", event_detail="质押：甲公司 → 某银行")
    for told in (INVENTION, pledge, msgspec.structs.replace(pledge, event="lapse"), MODEL):
        await find(bench, told)
    first, second = sorted((await sent(bench))[0])
    assert (first, second.startswith("CN110083831A:pledge:")) == ("CN110083831A", True)
    assert await bench.around.store.alerts.state_counts() == {AlertState.PLANNED: 2, AlertState.FOLDED: 1}
