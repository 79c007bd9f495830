"""What the store promises about families: whoever shares a key is of one family, and the widest binding decides."""

import asyncio

from shared.store.port import Store
from tests.contract.harness import Harness


async def one(store: Store, *keys: str) -> str:
    return (await store.families.join([keys]))[0]


async def test_publications_of_one_application_are_one_family_and_others_are_not(store: Store) -> None:
    ids = await store.families.join([["app:1"], ["app:2"], ["app:1"]])
    assert ids[0] == ids[2] != ids[1]
    assert await store.families.join([["app:2"], ["app:1"]]) == [ids[1], ids[0]]
    assert await store.families.join([]) == []


async def test_a_wider_key_takes_the_family_that_is_known_and_brings_others_into_it(store: Store) -> None:
    application = await one(store, "app:1")
    assert await one(store, "ops:9", "app:1") == application
    other = await one(store, "app:2")
    assert other != application
    assert await one(store, "ops:9", "app:2") == application
    assert await one(store, "app:2") == application


async def test_what_a_wider_key_bound_no_narrower_one_takes_away(store: Store) -> None:
    simple = await one(store, "ops:9", "app:1")
    twin = await one(store, "twin:x", "app:2")
    assert await one(store, "twin:x", "app:1") == simple
    assert await one(store, "app:1") == simple
    assert await one(store, "twin:x", "app:2") == simple
    assert twin != simple


async def test_families_of_the_same_width_stay_apart_and_the_first_key_decides(store: Store) -> None:
    nine, ten = await store.families.join([["ops:9", "app:1"], ["ops:10", "app:2"]])
    assert await one(store, "ops:10", "app:1") == ten
    assert await one(store, "app:1") == nine


async def test_groups_of_one_call_see_each_other_in_their_order(store: Store) -> None:
    ids = await store.families.join([["app:1"], ["twin:x", "app:1"], ["twin:x", "app:2"], ["app:2"]])
    assert len(set(ids)) == 1


async def test_processes_that_join_at_once_agree(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    groups = [[f"ops:{n % 3}", f"app:{n}"] for n in range(30)]
    found = await asyncio.gather(
        *(where.families.join(some) for where in (store, other) for some in (groups, groups[::-1], groups[5:20]))
    )
    settled = await store.families.join(groups)
    assert len(set(settled)) == 3
    assert found[0] == settled == found[1][::-1]
    assert found[2] == settled[5:20]
