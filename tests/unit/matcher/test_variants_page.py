"""What docs/matching.md says of variants is true: its examples are run, its figures measured."""

import pytest

from benchmarks import fuzzy_quality
from services.matcher.engine.variants import Level
from tests.unit.matcher.test_matching_page import PAGE, examples
from tests.unit.matcher.test_variants import found


@pytest.mark.parametrize(("term", "text", "level"), examples("variants"))
def test_a_variant_counts_from_the_level_that_the_page_says(term: str, text: str, level: str) -> None:
    levels = [level.name.lower() for level in Level if found(term, text, level)]
    assert [*levels, "never"][0] == level


def test_precision_and_recall_are_those_of_the_page() -> None:
    after = PAGE.split("<!-- measured: variants -->\n", 1)[1].splitlines()[2:]
    labelled = fuzzy_quality.pairs()
    for row, (name, way) in zip(after, fuzzy_quality.WAYS.items(), strict=False):
        label, precision, recall = (cell.strip() for cell in row.strip("|").split("|"))
        got = fuzzy_quality.measure(way, labelled)
        assert label == name
        assert got.precision == pytest.approx(float(precision), abs=0.01)
        assert got.recall == pytest.approx(float(recall), abs=0.01)


def test_the_labelled_pairs_are_many_and_half_of_them_are_none() -> None:
    labelled = fuzzy_quality.pairs()
    assert len(labelled) >= 600
    assert sum(not pair.variant for pair in labelled) >= len(labelled) / 2
    assert len({(pair.term, pair.text, pair.start) for pair in labelled}) == len(labelled)
