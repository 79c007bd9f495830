"""What the store promises about publications and profiles."""

from datetime import date

import msgspec

from shared.store.port import Store
from shared.wire.content import content_hash
from shared.wire.identity import item_key
from shared.wire.publication import Publication
from tests.contract.harness import Harness
from tests.contract.made import NOW, later, profile, publication, version

FIRST = publication(title="一种固态电池")
CORRECTED = publication(title="一种全固态电池")
THIRD = publication(title="一种全固态电池及其制法")


def transfer(**said: object) -> Publication:
    facts = {"event": "transfer", "event_on": date(2026, 3, 6), "event_detail": "转让：甲公司 → 乙公司"}
    return msgspec.structs.replace(publication(), application_number="201710854123.4", **(facts | said))


async def titles(store: Store) -> list[tuple[int, str]]:
    return [(v.version, v.publication.title) for v in await store.publications.history("CN1A")]


async def test_a_publication_comes_back_as_it_was_saved(store: Store) -> None:
    saved = version(FIRST)
    await store.publications.save([saved])
    assert await store.publications.get("CN1A") == saved
    assert await store.publications.history("CN1A") == [saved]
    assert await store.publications.get("CN2A") is None
    assert await store.publications.history("CN2A") == []


async def test_saved_by_one_process_is_there_for_all(store: Store, harness: Harness) -> None:
    await store.publications.save([version(FIRST)])
    other = (await harness.open()).store
    assert await other.publications.get("CN1A") == version(FIRST)


async def test_saving_twice_is_saving_once(store: Store) -> None:
    await store.publications.save([version(FIRST)])
    await store.publications.save([version(FIRST, accepted_at=later(60), origin="other.csv:1")])
    assert await store.publications.history("CN1A") == [version(FIRST)]
    assert await store.publications.count() == 1


async def test_a_correction_becomes_the_next_version_and_the_earlier_stays(store: Store) -> None:
    for number, told in enumerate((FIRST, CORRECTED, THIRD), 1):
        assert await store.publications.save([version(told, number, accepted_at=later(number))]) == []
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title), (3, THIRD.title)]
    current = await store.publications.get("CN1A")
    assert current is not None
    assert (current.version, current.accepted_at) == (3, later(3))
    assert await store.publications.count() == 1


async def test_versions_inside_one_batch_keep_their_order(store: Store) -> None:
    batch = [version(FIRST), version(publication("CN2A")), version(FIRST), version(CORRECTED, 2, accepted_at=later(1))]
    assert await store.publications.save(batch) == []
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title)]


async def test_a_batch_delivered_again_changes_nothing(store: Store) -> None:
    batch = [version(FIRST), version(CORRECTED, 2, accepted_at=later(1)), version(THIRD, 3, accepted_at=later(2))]
    for again in (batch, batch, batch[:2]):
        assert await store.publications.save(again) == []
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title), (3, THIRD.title)]


async def test_going_back_to_what_was_said_before_is_a_correction_too(store: Store) -> None:
    for seconds, told in enumerate((FIRST, CORRECTED, FIRST)):
        await store.publications.save([version(told, seconds + 1, accepted_at=later(seconds))])
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title), (3, FIRST.title)]


async def test_who_comes_second_with_other_content_is_told_that_he_is_late(store: Store) -> None:
    other = publication("CN2A")
    assert await store.publications.save([version(FIRST), version(other)]) == []
    assert await store.publications.save([version(CORRECTED, 2)]) == []
    late = [
        version(THIRD, 1),
        version(publication("CN3A")),
        version(publication("CN2A", title="别的"), 3),
        version(THIRD, 2),
    ]
    assert sorted(await store.publications.save(late)) == ["CN1A", "CN2A"]
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title)]
    assert await store.publications.get("CN2A") == version(other)
    assert await store.publications.get("CN3A") == version(publication("CN3A"))


async def test_a_version_that_only_confirms_is_kept_with_who_says_what(store: Store) -> None:
    confirmed = msgspec.structs.replace(version(FIRST, 2), source="cnipa-xml", said_by={"title": "cnipa-xml"})
    await store.publications.save([version(FIRST)])
    assert await store.publications.save([confirmed]) == []
    assert await store.publications.history("CN1A") == [version(FIRST), confirmed]


async def test_histories_of_many_are_read_at_once(store: Store) -> None:
    told = [publication(f"CN{n}A") for n in range(40)]
    await store.publications.save([version(one) for one in told])
    seconds = [version(msgspec.structs.replace(one, title="一种全固态电池"), 2) for one in told[:30]]
    assert await store.publications.save(seconds) == []
    thirds = [version(msgspec.structs.replace(one, title="一种电池"), 3) for one in told[:20]]
    assert await store.publications.save(thirds) == []
    found = await store.publications.histories([f"CN{n}A" for n in range(50)])
    assert sorted(found) == sorted(one.publication_number for one in told)
    assert [len(found[f"CN{n}A"]) for n in (0, 19, 20, 29, 30, 39)] == [3, 3, 2, 2, 1, 1]
    assert [one.version for one in found["CN7A"]] == [1, 2, 3]
    assert await store.publications.histories([]) == {}


async def test_documents_are_found_by_number_or_application_and_legal_events_are_not(store: Store) -> None:
    first = msgspec.structs.replace(publication("CN1A"), application_number="201710854123.4")
    granted = msgspec.structs.replace(publication("CN1B"), application_number="201710854123.4", kind="B", event="grant")
    await store.publications.save([version(one) for one in (first, granted, publication("CN2A"), transfer())])

    async def found(numbers: list[str], applications: list[str]) -> list[str]:
        documents = await store.publications.documents(numbers=numbers, applications=applications)
        return sorted(one.publication.publication_number for one in documents)

    assert await found(["CN2A", "CN9A"], []) == ["CN2A"]
    assert await found(["CN1A"], ["201710854123.4", "201710854124.2"]) == ["CN1A", "CN1B"]
    assert await found([], []) == []


async def test_legal_events_are_kept_beside_documents_and_counted_and_walked_over_nowhere(store: Store) -> None:
    second = transfer(event="pledge", event_on=None)
    await store.publications.save([version(one) for one in (FIRST, publication("CN10A"), transfer(), second)])
    assert await store.publications.events("CN1A") == sorted(
        (version(transfer()), version(second)), key=lambda one: item_key(one.publication)
    )
    assert await store.publications.events("CN10A") == []
    assert await store.publications.get(item_key(transfer())) == version(transfer())
    assert await store.publications.content_hashes([item_key(second)]) == {item_key(second): content_hash(second)}
    assert await store.publications.count() == 2
    for since in (None, date(2025, 1, 1)):
        scanned = [p async for batch in store.publications.scan(since=since, batch_size=1) for p in batch]
        assert scanned == [publication("CN10A"), FIRST]


async def test_saving_nothing_is_nothing(store: Store) -> None:
    await store.publications.save([])
    assert await store.publications.count() == 0


async def test_content_hashes_are_told_of_those_that_are_known(store: Store) -> None:
    await store.publications.save([version(FIRST)])
    await store.publications.save([version(CORRECTED, 2)])
    asked = ["CN1A", *(f"CN{n}A" for n in range(2, 3_000))]
    assert await store.publications.content_hashes(asked) == {"CN1A": version(CORRECTED).content_hash}


async def test_scan_walks_by_date_then_number_and_sees_each_current_version_once(store: Store) -> None:
    days = [None, date(2025, 12, 30), date(2026, 1, 2), date(2026, 1, 2), date(2026, 1, 9)]
    told = [publication(f"CN{9 - n}A", published_on=day) for n, day in enumerate(days)]
    await store.publications.save([version(p) for p in told])
    batches = [batch async for batch in store.publications.scan(batch_size=2)]
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert [p.publication_number for batch in batches for p in batch] == ["CN9A", "CN8A", "CN6A", "CN7A", "CN5A"]
    since = [p.publication_number async for batch in store.publications.scan(since=date(2026, 1, 2)) for p in batch]
    assert since == ["CN6A", "CN7A", "CN5A"]


async def test_what_is_saved_during_a_scan_does_not_disturb_it(store: Store) -> None:
    await store.publications.save([version(publication(f"CN{n}A")) for n in range(4)])
    seen = []
    async for batch in store.publications.scan(batch_size=2):
        seen += [p.publication_number for p in batch]
        await store.publications.save([version(publication("CN0A", title="改", published_on=date(2026, 1, 2)), 2)])
    assert seen == ["CN0A", "CN1A", "CN2A", "CN3A"]


async def test_profiles_are_added_replaced_listed_by_id_and_removed(store: Store) -> None:
    await store.profiles.put([profile("p-2"), profile("p-1")], saved_at=NOW)
    renamed = msgspec.structs.replace(profile("p-2"), name="改名")
    await store.profiles.put([renamed], saved_at=later(1))
    await store.profiles.put([], saved_at=later(1))
    assert await store.profiles.all() == [profile("p-1"), renamed]
    assert await store.profiles.all(limit=1) == [profile("p-1")]
    assert await store.profiles.count() == 2
    assert await store.profiles.get("p-2") == renamed
    assert await store.profiles.many(["p-2", "p-9", "p-1"]) == {"p-1": profile("p-1"), "p-2": renamed}
    assert await store.profiles.remove("p-2")
    assert not await store.profiles.remove("p-2")
    assert await store.profiles.get("p-2") is None


async def test_ping_is_silent_when_all_is_well(store: Store) -> None:
    await store.publications.save([version(FIRST)])
    await store.ping()
    assert await store.publications.count() == 1
