"""Searching stored publications."""

import pytest

from services.matcher.lookback.searching import search
from shared.advice import Count, Search
from shared.errors import InvalidInputError
from tests.unit.matcher.lookback.made import MONDAY, past_of, published

PUBLICATIONS = [
    published(1, "固态电池隔膜", ipc=("H01M50/403",), day=2),
    published(2, "电池管理系统", ipc=("G06F17/50",), by="华为技术有限公司"),
    published(3, "数控机床", abstract="所述固态，电池。", day=1),
    published(4, "LED显示屏", published_on=None),
    published(5, "固态电池", claim="一种隔膜。", day=2),
]
PAST = past_of(PUBLICATIONS[:3], PUBLICATIONS[3:])


def numbers(*positions: int) -> list[str]:
    return [PUBLICATIONS[position - 1].publication_number for position in positions]


def found(past_search: Search) -> list[str]:
    return [one.publication_number for one in search(PAST, past_search).publications]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Search(), numbers(5, 1, 3, 2, 4)),
        (Search(text="电池"), numbers(5, 1, 3, 2)),
        (Search(text="固态电池"), numbers(5, 1)),
        (Search(text="固态电池 隔膜"), numbers(5, 1)),
        (Search(text="ｌｅｄ"), numbers(4)),
        (Search(text="汽车"), []),
        (Search(ipc="H01M"), numbers(1)),
        (Search(ipc="H01M50/40*"), numbers(1)),
        (Search(ipc="没有"), []),
        (Search(applicant="华为"), numbers(2)),
        (Search(applicant="华为技术有限公司", text="电池"), numbers(2)),
        (Search(region="4401"), numbers(5, 1, 3, 2, 4)),
        (Search(region="3101"), []),
        (Search(since=MONDAY.replace(day=3)), numbers(5, 1, 3)),
        (Search(before=MONDAY.replace(day=4), since=MONDAY.replace(day=3)), numbers(3)),
        (Search(text="CN110000002A"), numbers(2)),
        (Search(text="cn 110000002"), numbers(2)),
        (Search(text="CN999"), []),
    ],
)
def test_all_that_is_asked_for_must_hold_and_the_newest_come_first(wanted: Search, expected: list[str]) -> None:
    assert found(wanted) == expected
    assert search(PAST, wanted).total == Count(matches=len(expected))


@pytest.mark.parametrize("text", ["", "电池", "固态电池"])
def test_page_by_page_everything_comes_once(text: str) -> None:
    whole, after, pages = [], None, 0
    while pages == 0 or after is not None:
        page = search(PAST, Search(text=text, limit=2, after=after))
        whole += [one.publication_number for one in page.publications]
        after, pages = page.next, pages + 1
    assert whole == found(Search(text=text))


def test_pages_go_on_where_they_were_when_something_came_in_between() -> None:
    first = search(PAST, Search(limit=2))
    newer = [published(9, "新的", day=5), published(10, "当天的", day=2)]
    later = search(past_of(PUBLICATIONS[:3], PUBLICATIONS[3:], newer), Search(limit=9, after=first.next))
    assert [one.publication_number for one in later.publications] == numbers(3, 2, 4)


def test_a_cursor_that_no_page_gave_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="翻页标记"):
        search(PAST, Search(after="<script>"))


def test_a_text_that_is_no_search_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="太长"):
        search(PAST, Search(text="电池" * 101))
