"""The index: what a text is found by, how segments are made and put together."""

from datetime import date

import numpy as np
import pytest

from services.matcher.engine.batch import boundaries, join_texts
from services.matcher.engine.segment import character_classes
from services.matcher.lookback.characters import runs_of
from services.matcher.lookback.merging import merged
from services.matcher.lookback.segment import UNKNOWN_DAY, Segment, build
from services.matcher.lookback.wanted import with_runs
from shared.wire.publication import Publication
from tests.unit.matcher.lookback.made import past_of, published

PUBLICATIONS = [
    published(1, "一种LED灯的散热器", abstract="散热，电池。"),
    published(2, "固态电池", claim="一种固态电池。"),
    published(3, "", published_on=None),
    published(4, "C++程序 H.264"),
]


def holding(segment: Segment, text: str, *, in_title: bool = False) -> list[int]:
    flags = np.zeros(len(segment), np.bool_)
    with_runs(segment, tuple(runs_of(text)), flags, in_title=in_title)
    return np.flatnonzero(flags).tolist()


@pytest.mark.parametrize(
    ("text", "documents"),
    [("电池", [0, 1]), ("led灯", [0]), ("灯", [0]), ("池", [0, 1]), ("池固", []), ("h.264", [3]), ("…", [0, 1, 2, 3])],
)
def test_a_text_is_found_by_its_neighbouring_characters(text: str, documents: list[int]) -> None:
    assert holding(build(PUBLICATIONS), text) == documents


def test_titles_can_be_asked_alone() -> None:
    assert holding(build(PUBLICATIONS), "电池", in_title=True) == [1]
    assert holding(build(PUBLICATIONS), "池", in_title=True) == [1]


def test_what_is_kept_of_tokens_is_what_the_segmenter_said_of_any_documents() -> None:
    segment = build(PUBLICATIONS)
    for documents in ([0, 1, 2, 3], [3, 0], [2], []):
        joined = join_texts([PUBLICATIONS[number] for number in documents])
        said = boundaries(joined.points, character_classes(joined.points))
        assert segment.boundary(np.array(documents, np.int64)).tolist() == said.tolist()


def test_a_publication_comes_out_as_it_went_in_and_is_found_by_its_number() -> None:
    segment = build(PUBLICATIONS)
    assert [segment.publication(number) for number in range(len(segment))] == PUBLICATIONS
    assert [segment.with_number(one.publication_number) for one in PUBLICATIONS] == [0, 1, 2, 3]
    assert segment.with_number("CN1A") is None
    assert segment.days.tolist()[2] == UNKNOWN_DAY


def test_segments_put_together_are_the_segment_of_what_is_left_of_them() -> None:
    first, second = build(PUBLICATIONS[:2]), build(PUBLICATIONS[2:])
    whole = merged([first, second], [np.array([1]), np.array([0, 1])])
    assert_equal(whole, build(PUBLICATIONS[1:]))


def assert_equal(one: Segment, other: Segment) -> None:
    for name in Segment.__dataclass_fields__:
        mine, theirs = getattr(one, name), getattr(other, name)
        for left, right in zip(*((mine, theirs) if isinstance(mine, tuple) else ([mine], [theirs])), strict=True):
            np.testing.assert_array_equal(left, right, err_msg=name)
            assert left.dtype == right.dtype, name


def test_a_segment_of_nothing_finds_nothing() -> None:
    empty = build([])
    assert holding(empty, "电池") == []
    assert len(merged([empty], [np.zeros(0, np.int64)])) == 0


def test_a_past_knows_days_and_numbers_of_all_its_segments_but_of_what_is_gone() -> None:
    past = past_of(PUBLICATIONS[:2], PUBLICATIONS[2:], gone=[(0, 1)])
    assert len(past) == 3
    assert past.with_number(PUBLICATIONS[1].publication_number) is None
    assert past.with_number(PUBLICATIONS[3].publication_number) == PUBLICATIONS[3]
    assert past.place_of(PUBLICATIONS[2].publication_number) == (1, 0)
    every = past.places(kept.alive for kept in past.kept)
    assert past.days(every).tolist() == [date(2026, 3, 2).toordinal(), UNKNOWN_DAY, date(2026, 3, 2).toordinal()]


def test_a_publication_without_anything_is_kept_too() -> None:
    bare = Publication(publication_number="CN1A", kind="", title="")
    assert build([bare]).publication(0) == bare
