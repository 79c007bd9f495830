"""Whatever each day brings, a walk sees every result once, and a walk that is broken off anywhere goes on from there."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources.ops.windows import MOST_RESULTS, PAGE_RESULTS, Finished, Place, place_of, written

TODAY = date(2026, 1, 20)

counts_by_day = st.lists(st.one_of(st.integers(0, 50), st.integers(0, MOST_RESULTS)), min_size=2, max_size=60)


def results(place: Place, counts: list[int], begin: date) -> list[tuple[int, int]]:
    """Return (day, number) of every result in a window."""
    first = (place.since - begin).days
    return [(day, number) for day in range(first, first + place.days) for number in range(counts[day])]


@given(
    counts=counts_by_day, page_results=st.sampled_from([PAGE_RESULTS, 25, 6]), broken_off=st.sets(st.integers(0, 500))
)
def test_every_result_is_seen_once(counts: list[int], page_results: int, broken_off: set[int]) -> None:
    begin = TODAY - timedelta(days=len(counts) - 1)
    place: Place | None = place_of(None, TODAY, len(counts) - 1)
    seen: list[tuple[int, int]] = []
    requests = pages = 0
    while place is not None:
        requests += 1
        if requests in broken_off:
            place = place_of(written(place), TODAY + timedelta(days=3), 9)
        found = results(place, counts, begin)
        if len(found) > MOST_RESULTS and place.first == 1 and place.days > 1:
            place = place.halved()
            continue
        pages += 1
        seen += found[place.first - 1 : place.first - 1 + page_results]
        place = place.after(len(found), page_results)
    assert seen == [(day, number) for day, count in enumerate(counts) for number in range(count)]
    assert requests - pages <= 8 * len(counts)


@given(st.dates(date(2020, 1, 1), TODAY), st.integers(1, 60))
def test_the_walk_after_one_that_is_over_begins_days_before_its_end(through: date, back_days: int) -> None:
    place = place_of(written(Finished(through=through)), TODAY, back_days)
    assert place.since == through - timedelta(days=back_days)
    assert (place.until, place.end, place.first) == (TODAY, TODAY, 1)


@given(st.text(max_size=40))
def test_what_another_version_wrote_begins_anew(known: str) -> None:
    place = place_of(known, TODAY, 14)
    assert place.until == place.end
    assert place.since <= place.until
