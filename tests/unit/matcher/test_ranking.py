"""The score ranks better than counting does: on abstracts whose keywords a person has chosen."""

import pytest

from benchmarks import ranking
from tests.reference import reference


def test_equals_are_judged_by_the_mean_over_their_orders() -> None:
    one_of_two = ranking.quality([(1.0, True), (1.0, False)])
    first, second = ranking.quality([(2.0, True), (1.0, False)]), ranking.quality([(1.0, True), (2.0, False)])
    assert one_of_two.mrr == pytest.approx((first.mrr + second.mrr) / 2)
    assert one_of_two.ndcg == pytest.approx((first.ndcg + second.ndcg) / 2)


def test_a_perfect_ranking_has_a_quality_of_one() -> None:
    assert ranking.quality([(3.0, True), (2.0, True), (1.0, False)]) == pytest.approx((1.0, 1.0))


@pytest.mark.data
@pytest.mark.parametrize("question", [pytest.param(ranking.known_item, marks=pytest.mark.long), ranking.keyword])
def test_the_score_ranks_better_than_counting(question: "ranking.Question") -> None:
    reference("kppatent", "abstracts_with_keywords.json")
    by = question(ranking.read(), 16)
    for simple in ("count of hits", "distinct terms", "best hit of each term"):
        assert by["score"].mrr > by[simple].mrr + 0.02
        assert by["score"].ndcg > by[simple].ndcg + 0.01
