"""What pages show, computed: marked texts, bars, addresses of one's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from services.portal.console.charts import HEIGHT, WIDTH, bars
from services.portal.console.editor.draft import draft_of
from services.portal.console.editor.words import summary
from services.portal.console.evidence import marked
from services.portal.console.visit import local_path
from shared.wire.match import Evidence, HitKind
from shared.wire.profile import Profile, Rule

TITLE = "一种固态电池用电解质膜"


def hit(start: int, end: int, field: str = "title") -> Evidence:
    return Evidence(term="x", field=field, start=start, end=end, kind=HitKind.WORD, score=1.0)


def test_hits_are_marked_and_those_of_other_fields_are_not() -> None:
    assert marked(TITLE, [hit(2, 6), hit(0, 2, "abstract")], "title") == "一种<mark>固态电池</mark>用电解质膜"


def test_hits_that_overlap_are_one_mark() -> None:
    assert marked(TITLE, [hit(2, 6), hit(4, 8)], "title") == "一种<mark>固态电池用电</mark>解质膜"


@given(
    st.text(max_size=60), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=4), st.integers(1, 40)
)
def test_nothing_of_a_text_comes_out_unescaped(text: str, places: list[tuple[int, int]], limit: int) -> None:
    for shown in (marked(text, [hit(*place) for place in places], "title", limit), marked(text, [], "title")):
        bare = str(shown).replace("<mark>", "").replace("</mark>", "")
        assert isinstance(shown, Markup)
        assert not {"<", ">", '"', "'"} & set(bare)


def test_a_long_text_is_shown_around_its_first_hit() -> None:
    text = "前" * 200 + "固态电池" + "后" * 200
    shown = marked(text, [hit(200, 204)], "title", 60)
    assert shown.startswith("…前")
    assert "<mark>固态电池</mark>" in shown
    assert shown.endswith("后…")


@given(st.lists(st.integers(0, 10**6), max_size=60))
def test_bars_stand_inside_the_drawing_the_highest_highest_and_none_is_left_out(values: list[int]) -> None:
    drawn = bars([(str(place), value) for place, value in enumerate(values)])
    assert [bar.value for bar in drawn] == values
    for bar in drawn:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 < bar.y < bar.y + bar.height <= HEIGHT
    if any(values):
        assert max(drawn, key=lambda bar: (bar.height, bar.value)).value == max(values)


@pytest.mark.parametrize("own", ["/", "/profiles?after=x", "/fields/xsy-2.1.1"])
def test_an_address_of_this_console_is_kept(own: str) -> None:
    assert local_path(own) == own


@pytest.mark.parametrize(
    "other", ["", "profiles", "//evil.example", "/\\evil.example", "https://evil.example", "/\n/evil.example", "/a\\b"]
)
def test_every_other_address_is_the_front_page(other: str) -> None:
    assert local_path(other) == "/"


def test_a_profile_is_told_in_one_line_in_both_languages() -> None:
    rules = (
        Rule(groups=(("固态电池", "全固态电池"), ("隔膜",)), none=("铅酸",), ipc=("H01M10*",)),
        Rule(applicants=("甲", "乙", "丙", "丁", "戊")),
    )
    told = summary(draft_of(Profile(id="p", rules=rules)))
    assert (
        told.zh == "(固态电池 或 全固态电池) 且 隔膜，分类 H01M10*，排除 铅酸；或者 申请人 甲 或 乙 或 丙 或 丁 等 5 个"
    )
    assert told.en.startswith("(固态电池 or 全固态电池) and 隔膜, class H01M10*, not 铅酸; or applicant 甲")
