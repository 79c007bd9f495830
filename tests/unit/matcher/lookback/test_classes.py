"""Places of the IPC with their titles."""

import lzma

import pytest

from services.matcher.lookback.classes import children, look, parent, place_of, titled, titles
from tests.reference import reference
from tests.unit.matcher.lookback.made import past_of, published
from tools import make_ipc_titles

PAST = past_of([published(1, "电池", ipc=("H01M10/0525", "H01M4/00")), published(2, "灯", ipc=("F21S2/00",))])


def test_the_sections_are_at_the_top() -> None:
    found = look("", PAST)
    assert [one.symbol for one in found] == list("ABCDEFGH")
    assert [one.count for one in found] == [0, 0, 0, 0, 0, 1, 0, 1]
    assert found[0].title == "人类生活必需"
    assert found[0].parent is None


def test_a_place_comes_with_those_directly_under_it_by_the_dots_of_the_scheme() -> None:
    place, *below = look("h01m10/05", PAST)
    assert (place.symbol, place.parent, place.count) == ("H01M10/05", "H01M10/00", 1)
    assert (
        [one.symbol for one in below]
        == children("H01M10/05")
        == ["H01M10/052", "H01M10/054", "H01M10/056", "H01M10/058"]
    )
    assert place.children == 4
    assert [one.symbol for one in look("H01M10/052", None)] == ["H01M10/052", "H01M10/0525"]


def test_there_is_nothing_where_the_scheme_has_nothing() -> None:
    assert look("H98", PAST) == look("电池", PAST) == look("H01M10/9999", None) == ()


def test_every_place_lies_directly_under_the_one_above_it() -> None:
    for symbol in list(titles())[::97]:
        assert symbol in children(parent(symbol) or "")


def test_places_are_found_by_the_beginning_of_their_symbol_and_by_words_of_their_titles_and_those_above() -> None:
    assert [one.symbol for one in titled("h01m10/05", PAST, 3)] == ["H01M10/05", "H01M10/052", "H01M10/0525"]
    assert "H01M10/0525" in [one.symbol for one in titled("锂离子 二次电池", PAST, 20)]
    assert titled("  ", PAST, 20) == ()


def test_a_place_that_is_no_more_says_what_it_was_a_part_of() -> None:
    assert place_of("H04L29/06", PAST).title.startswith("已停用的类目，原属“数字信息的传输")


def test_titles_are_without_references() -> None:
    assert titles()["A01B1/00"] == "手动工具"
    assert titles()["H01M"] == "用于直接转变化学能为电能的方法或装置，例如电池组"


@pytest.mark.data
def test_the_titles_that_ship_are_what_their_script_makes() -> None:
    made = make_ipc_titles.make(reference("ipc", "ipc_2026.01_zh.tsv"))
    assert made == lzma.decompress(make_ipc_titles.TARGET.read_bytes())
