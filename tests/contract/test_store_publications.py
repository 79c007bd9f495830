"""What the store promises about publications and profiles."""

from datetime import date

import msgspec

from shared.store.port import Store
from tests.contract.harness import Harness
from tests.contract.made import NOW, later, profile, publication, version

FIRST = publication(title="一种固态电池")
CORRECTED = publication(title="一种全固态电池")
THIRD = publication(title="一种全固态电池及其制法")


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
    await store.publications.save([version(FIRST)])
    await store.publications.save([version(CORRECTED, accepted_at=later(1))])
    await store.publications.save([version(THIRD, accepted_at=later(2))])
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title), (3, THIRD.title)]
    current = await store.publications.get("CN1A")
    assert current is not None
    assert (current.version, current.accepted_at) == (3, later(2))
    assert await store.publications.count() == 1


async def test_corrections_inside_one_batch_keep_their_order(store: Store) -> None:
    batch = [version(FIRST), version(publication("CN2A")), version(FIRST), version(CORRECTED, accepted_at=later(1))]
    await store.publications.save(batch)
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title)]


async def test_a_batch_delivered_again_changes_nothing(store: Store) -> None:
    batch = [version(FIRST), version(CORRECTED, accepted_at=later(1)), version(THIRD, accepted_at=later(2))]
    await store.publications.save(batch)
    await store.publications.save(batch)
    await store.publications.save(batch[:2])
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title), (3, THIRD.title)]


async def test_going_back_to_what_was_said_before_is_a_correction_too(store: Store) -> None:
    for seconds, told in enumerate((FIRST, CORRECTED, FIRST)):
        await store.publications.save([version(told, accepted_at=later(seconds))])
    assert await titles(store) == [(1, FIRST.title), (2, CORRECTED.title), (3, FIRST.title)]


async def test_saving_nothing_is_nothing(store: Store) -> None:
    await store.publications.save([])
    assert await store.publications.count() == 0


async def test_content_hashes_are_told_of_those_that_are_known(store: Store) -> None:
    await store.publications.save([version(FIRST)])
    await store.publications.save([version(CORRECTED)])
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
        await store.publications.save([version(publication("CN0A", title="改", published_on=date(2026, 1, 2)))])
    assert seen == ["CN0A", "CN1A", "CN2A", "CN3A"]


async def test_profiles_are_added_replaced_listed_by_id_and_removed(store: Store) -> None:
    await store.profiles.put([profile("p-2"), profile("p-1")], saved_at=NOW)
    renamed = msgspec.structs.replace(profile("p-2"), name="改名")
    await store.profiles.put([renamed], saved_at=later(1))
    await store.profiles.put([], saved_at=later(1))
    assert await store.profiles.all() == [profile("p-1"), renamed]
    assert await store.profiles.get("p-2") == renamed
    assert await store.profiles.remove("p-2")
    assert not await store.profiles.remove("p-2")
    assert await store.profiles.get("p-2") is None


async def test_ping_is_silent_when_all_is_well(store: Store) -> None:
    await store.publications.save([version(FIRST)])
    await store.ping()
    assert await store.publications.count() == 1
