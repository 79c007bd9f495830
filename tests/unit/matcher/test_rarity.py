"""How rare a term is: the kernel does what the page of its module says, and the table is what its script makes."""

import gzip
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import term_statistics
from services.matcher.engine import rarity
from services.matcher.engine.rarity import JOINING, RAREST, THOUSANDTHS, UNSEEN_LETTER, UNSEEN_RUN, UNSEEN_UNIT
from services.matcher.engine.segment import LETTER
from tests.reference import reference
from tools import make_term_shares

texts = st.text("的电池固态锂离子装置龘-led5 ", min_size=1, max_size=9)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Load the table and what is compiled, so that no case is slow for being the first."""
    rarity.share("电池")


@cache
def stored() -> dict[str, int]:
    table = rarity.term_shares()
    return {table.lexicon.text(number): int(table.stored[number]) for number in range(len(table.lexicon))}


def specified_cost(text: str) -> int:
    """Return what the module's page says, slowly and obviously."""
    parts = make_term_shares.units(text)
    if len(parts) == 1:
        unseen = UNSEEN_RUN + UNSEEN_LETTER * len(text) if parts[0][2] == LETTER else UNSEEN_UNIT
        return min(stored().get(text, unseen), RAREST)
    before, after, between = (
        specified_cost(text[start:end]) if start < end else 0
        for start, end in ((0, parts[-2][1]), (parts[1][0], len(text)), (parts[1][0], parts[-2][1]))
    )
    constant, factor = JOINING[min(len(parts), len(JOINING) - 1)]
    joined = constant + factor * (before + after - between) // THOUSANDTHS
    return min(max(stored().get(text, joined), before, after), RAREST)


@given(st.lists(texts, max_size=4))
def test_the_kernel_computes_what_is_specified(several: list[str]) -> None:
    assert rarity.term_shares().costs(several).tolist() == [specified_cost(text) for text in several]


@given(texts, texts)
def test_a_term_is_at_most_as_common_as_its_parts(one: str, other: str) -> None:
    """Where letters meet letters, they become another word."""
    if one[-1:].isascii() and other[:1].isascii():
        other = "的" + other
    whole, first, second = rarity.shares([one + other, one, other])
    assert whole <= min(first, second)


def test_shares_are_shares() -> None:
    shares = rarity.shares(["的", "装置", "电池", "锂离子电池", "锂离子电池龘", "xyzzy", "", "𠮷野家"])
    assert ((shares > 0) & (shares <= 1)).all()


def test_what_everybody_knows_to_be_rarer_is_rarer() -> None:
    for rarer, common in pairwise(["区块链", "锂离子电池", "手机", "电池", "装置", "一种", "的"]):
        assert rarity.share(rarer) < rarity.share(common)


def test_rarities_are_from_a_tenth_to_one_and_a_half() -> None:
    assert rarity.rarities(["的", "区块链量子点装置"]).tolist() == [rarity.LEAST_RARITY, rarity.MOST_RARITY]


def test_an_ordinary_term_has_a_rarity_of_one() -> None:
    every = list(stored())
    costs = rarity.term_shares().costs(every).tolist()
    words = [text for text, cost in zip(every, costs, strict=True) if abs(cost - rarity.ORDINARY) < 20]
    assert words
    assert rarity.rarities(words).tolist() == pytest.approx([1000] * len(words), abs=5)
    assert rarity.shares(words) == pytest.approx(np.full(len(words), 0.001), rel=0.05)


@pytest.mark.data
@pytest.mark.long
def test_the_table_is_what_its_script_makes() -> None:
    titles = [reference("gazette-2019-07-09", path.name) for path in term_statistics.TITLES]
    made = make_term_shares.make(reference("kppatent", "abstracts_with_keywords.json"), titles)
    assert gzip.decompress(made) == gzip.decompress(make_term_shares.TARGET.read_bytes())


@pytest.mark.data
@pytest.mark.long
def test_terms_stand_in_unseen_abstracts_as_often_as_expected() -> None:
    reference("kppatent", "abstracts_with_keywords.json")
    expected, found = term_statistics.held_out(term_statistics.ipc_terms(every=16))
    for low, high in pairwise((0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, np.inf)):
        band = (low <= expected) & (expected < high)
        assert found[band].sum() == pytest.approx(expected[band].sum(), rel=0.35)
