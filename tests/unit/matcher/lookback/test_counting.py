"""Counting, previews and back-tests' pieces."""

from datetime import date, timedelta

import numpy as np
import pytest

from services.matcher.engine.engine import Engine
from services.matcher.lookback.counting import count, extrapolated, sampled, together
from services.matcher.lookback.previewing import preview
from services.matcher.lookback.wanted import Wanted
from services.matcher.rings import Rings
from shared.advice import Count
from shared.wire.profile import Profile
from tests.unit.matcher.lookback.made import MONDAY, past_of, published
from tests.unit.matcher.made import profile

TITLES = ("一种固态电池", "电池组的壳体", "激光电焊机", "手机床头支架", "数控机床", "电池管理系统")
PUBLICATIONS = [published(n, TITLES[n % len(TITLES)], day=n % 35, ipc=("H01M10/0525",)) for n in range(240)]
PAST = past_of(PUBLICATIONS[:100], PUBLICATIONS[100:])
NO_RINGS = Rings()


def matched(wanted: Profile, since: date) -> list[str]:
    found = Engine.compile([wanted]).match(
        [one for one in PUBLICATIONS if one.published_on and one.published_on >= since]
    )
    return [match.publication_number for matches in found for match in matches]


@pytest.mark.parametrize("wanted", [profile(("电池",)), profile(("机床",)), profile(("电池",), ("壳体",))])
def test_a_count_is_that_of_the_engine(wanted: Profile) -> None:
    for since in (MONDAY, MONDAY + timedelta(days=14)):
        assert count(PAST, wanted, NO_RINGS, since) == Count(matches=len(matched(wanted, since)))


def test_a_count_of_classes_alone_needs_no_judging() -> None:
    wanted = profile(ipc=("H01M10*",), not_applicants=("华为",))
    assert Wanted.of(wanted, NO_RINGS).is_exact
    assert count(PAST, wanted, NO_RINGS, None, sample=0) == Count(matches=240)


def test_of_many_candidates_a_sample_tells_how_many_match_and_how_sure_that_is() -> None:
    wanted = profile(("机床",))  # half of the candidates are 手机|床头
    found = count(PAST, wanted, NO_RINGS, None, sample=40)
    assert not found.exact
    assert abs(found.matches - 40) <= found.margin < 40


@pytest.mark.parametrize(("hits", "looked_at", "total", "matches"), [(0, 100, 1000, 0), (100, 100, 1000, 1000)])
def test_a_sample_without_a_difference_is_not_taken_for_the_whole(
    hits: int, looked_at: int, total: int, matches: int
) -> None:
    assert extrapolated(hits, looked_at, total) == Count(matches=matches, exact=False, margin=30)


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    inside = 0
    for truth in range(50, 950, 9):
        chosen = np.random.default_rng(truth).choice(1000, 200, replace=False)
        hits = int((chosen < truth).sum())
        found = extrapolated(hits, 200, 1000)
        inside += abs(found.matches - truth) <= found.margin
    assert inside >= 0.9 * 100


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    places = PAST.find(Wanted.of(profile(("电池",)), NO_RINGS))
    some = sampled(places, 30)
    assert len(some) == 30
    assert some.documents.tolist() == sampled(places, 30).documents.tolist()
    assert sorted(zip(some.segments.tolist(), some.documents.tolist(), strict=True)) == list(
        zip(some.segments.tolist(), some.documents.tolist(), strict=True)
    )


def test_counts_of_spans_add_up_and_so_do_the_squares_of_their_margins() -> None:
    parts = [Count(matches=10), Count(matches=100, exact=False, margin=3), Count(matches=100, exact=False, margin=4)]
    assert together(parts) == Count(matches=210, exact=False, margin=5)


def test_a_preview_shows_each_week_and_the_best_first_the_newest_among_equals() -> None:
    wanted = profile(("电池",))
    found = preview(PAST, wanted, NO_RINGS, weeks=4, examples=5)
    first = MONDAY + timedelta(days=7)  # the last of five weeks is that of the latest publication
    assert [week.monday for week in found.weeks] == [first + timedelta(days=7 * n) for n in range(4)]
    assert sum(week.matches for week in found.weeks) == found.count.matches == len(matched(wanted, first))
    assert found.a_week == pytest.approx(found.count.matches / 4)
    assert len(found.examples) == 5
    order = [(-one.match.score, -(one.publication.published_on or MONDAY).toordinal()) for one in found.examples]
    assert order == sorted(order)
    assert all(one.match.evidence for one in found.examples)


def test_a_week_without_a_match_is_shown_as_well() -> None:
    past = past_of([published(1, "电池"), published(2, "机床", day=7), published(3, "电池", day=15)])
    found = preview(past, profile(("电池",)), NO_RINGS, weeks=3, examples=1)
    assert [week.matches for week in found.weeks] == [1, 0, 1]


def test_nothing_stored_gives_an_empty_preview() -> None:
    found = preview(past_of(), profile(("电池",)), NO_RINGS, weeks=4, examples=5)
    assert (found.count, found.examples, found.a_week) == (Count(matches=0), (), 0.0)


def test_a_week_that_has_hardly_begun_says_nothing_of_a_usual_one() -> None:
    usual = [published(n, "电池", day=n % 14) for n in range(40)]
    past = past_of([*usual, published(99, "电池", day=14)])
    assert preview(past, profile(("电池",)), NO_RINGS, weeks=3, examples=1).a_week == pytest.approx(20)
