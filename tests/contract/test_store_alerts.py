"""What the store promises about matches and alerts: counted once, told once, merged while they wait."""

import asyncio

import msgspec

from shared.store.extents import Extent
from shared.store.port import Store
from shared.store.records import AlertState, Backlog, PendingGroup, Relative
from shared.wire.identity import item_key
from shared.wire.publication import Applicant
from tests.contract.harness import Harness
from tests.contract.made import NOW, alert, delivery, later, match, plan, publication, why

GROUP = [("s-1", "d-1")]
EXTENT = Extent(wording=2**32 - 1, bytes=171, characters=66, shape=2**59 - 1, body=0)


async def waiting(store: Store) -> list[tuple[str, list[str], float]]:
    return [
        (one.key.publication_number, [reason.profile_id for reason in one.whys], one.score)
        for one in await store.alerts.pending(GROUP, limit=100)
    ]


async def test_recording_twice_is_recording_once(store: Store) -> None:
    assert await store.alerts.record([match()], [alert(), alert("CN2A")]) == 2
    assert await store.alerts.record([match()], [alert(), alert("CN3A")]) == 1
    assert await store.alerts.match_count() == 1
    assert await store.alerts.state_counts() == {AlertState.PENDING: 3}


async def test_a_profile_and_publication_count_once_however_the_matches_are_cut(store: Store) -> None:
    await store.alerts.record([match("p-1", "p-2"), match("p-1", number="CN2A", at=later(3))], [])
    await store.alerts.record([match("p-2", "p-3", at=later(9)), match("p-1", at=later(9))], [])
    assert await store.alerts.match_counts(limit=10) == [("p-1", 2, later(3)), ("p-2", 1, NOW), ("p-3", 1, later(9))]
    assert await store.alerts.match_counts(limit=1) == [("p-1", 2, later(3))]
    assert await store.alerts.match_count() == 4


async def test_two_processes_that_count_one_publication_count_it_once(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    await asyncio.gather(
        *((store, other)[n % 2].alerts.record([match("p-0", f"p-{n % 4}")], []) for n in range(8)),
    )
    assert {profile: count for profile, count, _ in await store.alerts.match_counts(limit=9)} == {
        f"p-{n}": 1 for n in range(4)
    }


async def test_recording_nothing_is_nothing(store: Store) -> None:
    assert await store.alerts.record([], []) == 0
    assert await store.alerts.state_counts() == {}
    assert await store.alerts.match_counts(limit=9) == []
    assert await store.alerts.match_count() == 0


async def test_an_alert_that_waits_takes_in_new_reasons_best_first_and_keeps_its_age(store: Store) -> None:
    await store.alerts.record([], [alert("CN1A", why("p-1", score=0.4), why("p-2", score=0.3))])
    more = alert("CN1A", why("p-3", score=0.9), why("p-2", score=0.5), at=later(60))
    assert await store.alerts.record([], [more, alert("CN2A")]) == 1
    (merged, _) = await store.alerts.pending(GROUP, limit=9)
    assert [(reason.profile_id, reason.score) for reason in merged.whys] == [("p-3", 0.9), ("p-2", 0.5), ("p-1", 0.4)]
    assert (merged.score, merged.created_at) == (0.9, NOW)
    assert await store.alerts.record([], [more]) == 0
    assert await store.alerts.pending(GROUP, limit=1) == [merged]


async def test_reasons_that_two_processes_find_at_one_moment_are_all_kept(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    new = await asyncio.gather(
        *((store, other)[n % 2].alerts.record([], [alert("CN1A", why(f"p-{n}"))]) for n in range(8))
    )
    assert sum(new) == 1
    assert await waiting(store) == [("CN1A", [f"p-{n}" for n in range(8)], 0.5)]


async def test_a_correction_replaces_content_and_reasons_of_what_waits(store: Store) -> None:
    await store.alerts.record([], [alert("CN1A", why("p-1", score=0.9))])
    corrected = alert("CN1A", why("p-2", score=0.4), title="一种固态电池的隔膜", family_key="f-1")
    assert await store.alerts.record([], [corrected]) == 0
    assert await store.alerts.pending(GROUP, limit=9) == [corrected]
    assert [one.key for one in await store.alerts.family(["f-1"])] == [corrected.key]


async def test_an_alert_comes_back_whole(store: Store) -> None:
    told = msgspec.structs.replace(
        publication("CN1A"),
        application_number="201810083831.5",
        claim="",
        applicants=(Applicant(name="甲"), Applicant(name="乙", address="广州", postcode="510000", region="4401")),
        ipc=("H01M10/0562",),
    )
    whole = msgspec.structs.replace(
        alert("CN1A", why("p-1", score=1.0), why("p-2"), family_key="f-1", due=later(5)),
        publication=told,
        extent=EXTENT,
    )
    await store.alerts.record([], [whole])
    assert await store.alerts.pending(GROUP, limit=9) == [whole]


async def test_an_extent_is_kept_as_long_as_what_it_was_worked_out_of(store: Store) -> None:
    one, other = (msgspec.structs.replace(alert(number), extent=EXTENT) for number in ("CN1A", "CN2A"))
    again = msgspec.structs.replace(alert("CN2A", why("p-9")), extent=EXTENT)
    await store.alerts.record([], [one, other])
    await store.alerts.record([], [one, again])
    kept, merged = sorted(await store.alerts.pending(GROUP, limit=9), key=lambda alert: alert.key)
    assert (kept.extent, merged.extent) == (EXTENT, msgspec.UNSET)


async def test_an_alert_that_was_settled_is_left_alone(store: Store) -> None:
    await store.alerts.record([], [alert(), alert("CN2A")])
    await store.alerts.settle([alert().key], AlertState.FOLDED)
    assert await store.alerts.plan([plan(delivery("m-1", "CN2A"), alert("CN2A"))]) == [True]
    assert await store.alerts.record([], [alert("CN1A", why("p-2")), alert("CN2A", why("p-2"))]) == 0
    assert [reason.profile_id for reason in (await store.alerts.of_delivery("m-1"))[0].whys] == ["p-1"]
    await store.alerts.settle([alert().key], AlertState.DROPPED)
    assert await store.alerts.state_counts() == {AlertState.FOLDED: 1, AlertState.PLANNED: 1}
    await store.alerts.settle([], AlertState.DROPPED)


async def test_what_waits_is_told_by_group_in_the_order_of_their_ids_and_oldest_first(store: Store) -> None:
    young, old, middle = alert("CN1A", at=later(9)), alert("CN2A", at=later(1)), alert("CN3A", at=later(5))
    elsewhere = alert("CN4A", destination_id="d-2")
    await store.alerts.record([], [young, old, middle, elsewhere])
    assert await store.alerts.pending(GROUP, limit=10) == [old, middle, young]
    assert await store.alerts.pending(GROUP, limit=2) == [old, middle]
    both = [("s-1", "d-9"), ("s-1", "d-2"), *GROUP, ("s-1", "d-2")]
    for asked in (both, both[::-1], sorted(both)):
        for limit in (10, 4, 3, 2):
            assert await store.alerts.pending(asked, limit=limit) == [old, middle, young, elsewhere][:limit]
    assert await store.alerts.pending([], limit=2) == []
    groups = sorted(await store.alerts.pending_groups(), key=lambda group: group.destination_id)
    assert groups[0] == PendingGroup(
        subscription_id="s-1",
        destination_id="d-1",
        count=3,
        oldest_created_at=later(1),
        newest_created_at=later(9),
    )
    assert groups[1].count == 1


async def test_what_waits_can_be_asked_of_some_subscriptions_alone(store: Store) -> None:
    await store.alerts.record([], [alert(f"CN{n}A", subscription_id=f"s-{n % 3}") for n in range(7)])
    await store.alerts.settle([alert("CN0A", subscription_id="s-0").key], AlertState.FOLDED)
    found = await store.alerts.pending_groups(["s-2", "s-0", "s-9", "s-2"])
    assert sorted((group.subscription_id, group.count) for group in found) == [("s-0", 2), ("s-2", 2)]
    assert await store.alerts.pending_groups([]) == []


async def test_what_waits_for_subscriptions_is_counted_once_a_publication_with_the_first_moment(store: Store) -> None:
    await store.alerts.record(
        [],
        [
            alert("CN1A", due=later(50)),
            alert("CN1A", destination_id="d-2", due=later(20)),
            alert("CN2A", due=later(30)),
            alert("CN3A", subscription_id="s-2"),
            alert("CN3A", subscription_id="s-3"),
            alert("CN4A"),
        ],
    )
    await store.alerts.settle([alert("CN4A").key], AlertState.FOLDED)
    asked = [("s-2", "d-1"), ("s-1", "d-2"), ("s-1", "d-1"), ("s-9", "d-1"), ("s-1", "d-1")]
    assert await store.alerts.backlogs(asked, limit=99) == {
        "s-1": Backlog(publications=2, due_at=later(20)),
        "s-2": Backlog(publications=1, due_at=NOW),
    }
    assert (await store.alerts.backlogs([("s-1", "d-1")], limit=1))["s-1"].publications == 1
    await store.alerts.look_again(["s-1"])
    assert (await store.alerts.backlogs(asked, limit=99))["s-1"].due_at < NOW  # at once, as far as anybody knows
    assert await store.alerts.backlogs([], limit=9) == {}


async def test_a_family_is_found_whatever_became_of_it_but_not_when_dropped(store: Store) -> None:
    family = [alert(f"CN{n}A", family_key="f-1") for n in range(3)]
    await store.alerts.record([], [*family, alert("CN8A", family_key="f-2"), alert("CN9A")])
    await store.alerts.settle([family[1].key], AlertState.FOLDED)
    await store.alerts.settle([family[2].key], AlertState.DROPPED)
    found = await store.alerts.family(["f-1", "f-3"])
    told = Relative(key=family[0].key, family_key="f-1", kind="A", state=AlertState.PENDING)
    folded = msgspec.structs.replace(told, key=family[1].key, state=AlertState.FOLDED)
    assert sorted(found, key=lambda one: one.key) == [told, folded]
    granted = alert("CN3B", family_key="f-4")
    application = msgspec.structs.replace(granted.publication, application_number="201710854123.4")
    await store.alerts.record([], [msgspec.structs.replace(granted, publication=application)])
    assert [one.application_number for one in await store.alerts.family(["f-4"])] == ["201710854123.4"]
    assert await store.alerts.family([]) == []


async def test_a_legal_event_is_owed_and_told_under_its_key_beside_its_patent(store: Store) -> None:
    happened = msgspec.structs.replace(publication(), event="transfer", event_detail="转让：甲公司 → 乙公司")
    key = item_key(happened)
    owed = msgspec.structs.replace(alert(key), publication=happened)
    assert await store.alerts.record([match(number=key), match()], [alert(), owed]) == 2
    assert await store.alerts.match_count() == 2
    assert await store.alerts.plan([plan(delivery("m-1", key), owed)]) == [True]
    assert await store.alerts.of_delivery("m-1") == [
        msgspec.structs.replace(owed, state=AlertState.PLANNED, delivery_id="m-1")
    ]
