"""Keywords as people write them in a chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.wecom.chat.commands import tidy
from services.portal.wecom.chat.terms import MAX_WORDS, parse_terms


def test_blanks_part_what_must_all_be_there_and_other_signs_what_is_as_good() -> None:
    wanted = parse_terms("固态电池、全固态电池 隔膜或电解质膜 -铅酸")
    assert wanted is not None
    assert wanted.groups == (("固态电池", "全固态电池"), ("隔膜", "电解质膜"))
    assert wanted.none == ("铅酸",)
    assert wanted.in_words == "“固态电池”或“全固态电池”，并且“隔膜”或“电解质膜”；不含“铅酸”"


def test_classes_and_applicants_are_told_from_words() -> None:
    wanted = parse_terms("h01m10 H01M50/10 华为技术有限公司 隔膜")
    assert wanted is not None
    assert wanted.ipc == ("H01M10*", "H01M50/10")
    assert wanted.applicants == ("华为技术有限公司",)
    assert wanted.groups == (("隔膜",),)
    assert wanted.profile("p").rules[0].ipc == ("H01M10*", "H01M50/10")


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("锂电池+隔膜", (("锂电池",), ("隔膜",))),
        ("5G 和 6G", (("5G",), ("6G",))),
        ("C++ 编译", (("C++",), ("编译",))),
        ("PD-1 抗体", (("PD-1",), ("抗体",))),
        ("锂电池/锂离子电池 +隔膜", (("锂电池", "锂离子电池"), ("隔膜",))),
        ("和服", (("和服",),)),
        ("电池、 电芯", (("电池", "电芯"),)),
    ],
)
def test_signs_inside_words_stay_there(text: str, groups: tuple[tuple[str, ...], ...]) -> None:
    wanted = parse_terms(text)
    assert wanted is not None
    assert wanted.groups == groups


@pytest.mark.parametrize("text", ["", "-铅酸", "不要铅酸", "、、", "!!!", "字" * 201])
def test_what_holds_nothing_to_look_for_is_none(text: str) -> None:
    assert parse_terms(text) is None


@given(st.text(max_size=300))
def test_whatever_is_typed_makes_a_profile_or_none(text: str) -> None:
    wanted = parse_terms(tidy(text))
    if wanted is not None:
        profile = wanted.profile("p")
        assert len(profile.rules[0].groups) <= MAX_WORDS
        assert profile.name.isprintable()
        assert len(profile.name) <= 40
