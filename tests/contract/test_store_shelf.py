"""Documents that have an owner: filed once, changed by whoever saw them last, found by what is theirs alone, over by the store's clock."""

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from shared.store.filed import Filed, Kind, Position, Shelf
from tests.contract.made import later
from tests.contract.shelves import CARDS, NOTES, PASSES, Card

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.contract.harness import StoreHarness

RIVALS = 8


@pytest.fixture
async def cards(harness: "StoreHarness") -> Shelf[Card]:
    return await harness.shelf(CARDS)


@pytest.fixture
async def passes(harness: "StoreHarness") -> Shelf[Card]:
    return await harness.shelf(PASSES)


def ids(page: "Sequence[Filed[Card]]") -> list[str]:
    return [filed.document.id for filed in page]


@pytest.mark.parametrize("kind", [CARDS, NOTES, PASSES], ids=lambda kind: kind.name)
async def test_a_document_comes_back_as_it_was_filed(harness: "StoreHarness", kind: Kind[Card]) -> None:
    shelf = await harness.shelf(kind)
    card = Card(id="c-1", place="a", names=("x", "y", "x"), until=later(10**8), text="上海市\x00 'quoted' $where a.b")
    assert await shelf.add([card])
    assert await shelf.get("c-1") == Filed(card, 1)
    assert await shelf.find("y") == Filed(card, 1)
    assert await shelf.many(["c-1", "c-2"]) == {"c-1": Filed(card, 1)}
    assert await shelf.get("c-2") is None
    assert await shelf.find("z") is None
    assert await shelf.many([]) == {}


async def test_all_are_filed_or_none(cards: Shelf[Card]) -> None:
    assert await cards.add([Card(id="c-1", names=("x",))])
    assert not await cards.add([Card(id="c-2"), Card(id="c-1")])
    assert not await cards.add([Card(id="c-2"), Card(id="c-3", names=("x",))])
    assert not await cards.add([Card(id="c-2", names=("y",)), Card(id="c-3", names=("y",))])
    assert not await cards.add([Card(id="c-2"), Card(id="c-2")])
    assert await cards.count("o-1") == 1
    assert await cards.add([Card(id="c-2", names=("y",)), Card(id="c-3", names=("z",))])
    assert await cards.add([])
    assert await cards.count("o-1") == 3


async def test_of_rivals_for_a_lookup_one_gets_it(cards: Shelf[Card]) -> None:
    rivals = [[Card(id=f"c-{n}", names=("x",)), Card(id=f"d-{n}")] for n in range(RIVALS)]
    won = await asyncio.gather(*map(cards.add, rivals))
    assert won.count(True) == 1
    assert ids(await cards.page("o-1", limit=99)) == [f"c-{won.index(True)}", f"d-{won.index(True)}"]


async def test_of_rivals_with_the_same_revision_one_wins_each_time(cards: Shelf[Card]) -> None:
    await cards.add([Card(id="c-1")])
    for round_ in range(1, 4):
        changes = [Card(id="c-1", text=f"{round_}.{n}") for n in range(RIVALS)]
        won = await asyncio.gather(*(cards.replace(change, revision=round_) for change in changes))
        (revision,) = [one for one in won if one is not None]
        assert revision == round_ + 1
        assert await cards.get("c-1") == Filed(changes[won.index(revision)], revision)


async def test_what_is_not_there_or_was_changed_is_not_replaced(cards: Shelf[Card]) -> None:
    assert await cards.replace(Card(id="c-1"), revision=1) is None
    assert await cards.get("c-1") is None
    await cards.add([Card(id="c-1")])
    assert await cards.replace(Card(id="c-1", text="new"), revision=2) is None
    assert await cards.get("c-1") == Filed(Card(id="c-1"), 1)


async def test_a_replacement_has_its_own_owner_order_and_lookups_and_frees_those_before(cards: Shelf[Card]) -> None:
    await cards.add([Card(id="c-1", names=("x", "y")), Card(id="c-2", names=("z",))])
    moved = Card(id="c-1", owner="o-2", place="b", names=("y", "w"))
    assert await cards.replace(moved, revision=1) == 2
    assert await cards.find("x") is None
    assert await cards.find("w") == await cards.find("y") == Filed(moved, 2)
    assert await cards.page("o-2", limit=9) == [Filed(moved, 2)]
    assert ids(await cards.page("o-1", limit=9)) == ["c-2"]
    assert await cards.add([Card(id="c-3", names=("x",))])


async def test_a_lookup_of_another_is_refused_to_a_replacement(cards: Shelf[Card]) -> None:
    await cards.add([Card(id="c-1", names=("x",)), Card(id="c-2", names=("y",))])
    assert await cards.replace(Card(id="c-2", names=("x",)), revision=1) is None
    assert await cards.find("y") == Filed(Card(id="c-2", names=("y",)), 1)


async def test_what_is_removed_frees_its_id_and_lookups(cards: Shelf[Card]) -> None:
    card = Card(id="c-1", names=("x",))
    await cards.add([card])
    assert not await cards.remove("c-1", revision=2)
    assert await cards.remove("c-1", revision=1)
    assert not await cards.remove("c-1")
    assert await cards.find("x") is None
    assert await cards.add([card])
    assert await cards.remove("c-1")


@pytest.mark.parametrize("newest_first", [False, True])
async def test_pages_go_through_ties_in_order_and_miss_none(cards: Shelf[Card], *, newest_first: bool) -> None:
    all_of_them = [Card(id=f"c-{n:02}", place=f"{n // 5}") for n in range(12)]
    await cards.add([*reversed(all_of_them), Card(id="c-05b", owner="o-2", place="1")])
    seen: list[str] = []
    after = None
    while page := await cards.page("o-1", after=after, limit=5, newest_first=newest_first):
        seen += ids(page)
        after = Position(page[-1].document.place, page[-1].document.id)
    assert seen == sorted((card.id for card in all_of_them), reverse=newest_first)


async def test_pages_sort_texts_by_their_bytes_as_both_backends_do(cards: Shelf[Card]) -> None:
    places = ["", "A", "a", "ä", "上", "电", "\U00020000"]
    await cards.add([Card(id=f"c-{n}", place=place) for n, place in enumerate(reversed(places))])
    assert [filed.document.place for filed in await cards.page("o-1", limit=9)] == places


async def test_each_of_many_owners_sees_its_own(cards: Shelf[Card]) -> None:
    await cards.add([Card(id=f"c-{n}-{m}", owner=f"o-{n}") for n in range(20) for m in range(n)])
    for n in range(20):
        assert await cards.count(f"o-{n}") == n
        assert ids(await cards.page(f"o-{n}", limit=99)) == sorted(f"c-{n}-{m}" for m in range(n))
    assert await cards.count("") == 0


async def test_two_thousand_documents_are_paged_through(cards: Shelf[Card]) -> None:
    assert await cards.add([Card(id=f"c-{n:04}", place=f"{n * 7 % 2000:04}") for n in range(2_000)])
    seen: list[Filed[Card]] = []
    while page := await cards.page(
        "o-1", after=Position(seen[-1].document.place, seen[-1].document.id) if seen else None, limit=300
    ):
        seen += page
    assert [filed.document.place for filed in seen] == [f"{n:04}" for n in range(2_000)]
    assert await cards.count("o-1") == 2_000


async def test_what_is_over_is_gone_for_everybody_and_frees_its_id_and_lookups(
    harness: "StoreHarness", passes: Shelf[Card]
) -> None:
    over, stays = Card(id="c-1", names=("x",), until=harness.ends_in(0.3)), Card(id="c-2", names=("y",))
    long = Card(id="c-3", until=harness.ends_in(3600))
    await passes.add([over, stays, long])
    assert await passes.count("o-1") == 3
    await harness.pass_time(0.35)
    assert await passes.get("c-1") is None
    assert await passes.find("x") is None
    assert await passes.many(["c-1", "c-2"]) == {"c-2": Filed(stays, 1)}
    assert ids(await passes.page("o-1", limit=9)) == ["c-2", "c-3"]
    assert await passes.count("o-1") == 2
    assert await passes.replace(msgspec.structs.replace(over, until=None), revision=1) is None
    assert not await passes.remove("c-1")
    assert await passes.add([Card(id="c-4", names=("x",)), Card(id="c-1")])


async def test_a_replacement_takes_the_lookup_of_what_is_over(harness: "StoreHarness", passes: Shelf[Card]) -> None:
    await passes.add([Card(id="c-1", names=("x",), until=harness.ends_in(0.05)), Card(id="c-2")])
    await harness.pass_time(0.1)
    assert await passes.replace(Card(id="c-2", names=("x",)), revision=1) == 2


async def test_only_what_is_over_is_forgotten(harness: "StoreHarness", passes: Shelf[Card]) -> None:
    await passes.add([Card(id="c-1", until=harness.ends_in(-5)), Card(id="c-2", until=harness.ends_in(3600))])
    await passes.add([Card(id="c-3")])
    await passes.expire()
    assert await passes.expire() == 0
    assert ids(await passes.page("o-1", limit=9)) == ["c-2", "c-3"]


async def test_kinds_are_apart(harness: "StoreHarness", cards: Shelf[Card], passes: Shelf[Card]) -> None:
    card = Card(id="c-1", names=("x",))
    assert await cards.add([card])
    assert await passes.add([card])
    assert await passes.remove("c-1")
    assert await cards.find("x") == Filed(card, 1)


async def test_what_is_sealed_is_put_under_a_new_key_without_a_new_revision(harness: "StoreHarness") -> None:
    notes = await harness.shelf(NOTES)
    await notes.add([Card(id=f"c-{n}", text="王小明") for n in range(5)])
    assert await notes.reseal(limit=3) == (0, "c-2")
    harness.rotate_keys()
    assert await notes.reseal(limit=3) == (3, "c-2")
    assert await notes.reseal(after="c-2", limit=3) == (2, "c-4")
    assert await notes.reseal(after="c-4", limit=3) == (0, None)
    assert await notes.reseal(limit=9) == (0, "c-4")
    assert await notes.get("c-0") == Filed(Card(id="c-0", text="王小明"), 1)
