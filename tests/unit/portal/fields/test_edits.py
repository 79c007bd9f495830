"""Hand edits of the catalogue's rules, as ``tools/fields/edits.txt`` writes them."""

import pytest

from tools.fields.edits import Draft, apply, read_edits

RAW = [
    Draft(ipc=("H01M4*",), groups=(("锂离子", "负极"),)),
    Draft(ipc=("C01B32*",), not_ipc=("C01B32/05",), groups=(("锂离子",),), none=("铅酸",)),
]


def edited(text: str, drafts: list[Draft] = RAW) -> list[Draft]:
    return apply(drafts, read_edits(["t-1 : 原因", *text.splitlines()])["t-1"])


def test_keywords_are_put_in_place_of_others_in_all_rules_or_in_one() -> None:
    assert [rule.groups for rule in edited("| 负极、阳极 / 石墨")] == [(("负极", "阳极"), ("石墨",))] * 2
    assert [rule.groups for rule in edited("|2 石墨")] == [(("锂离子", "负极"),), (("石墨",),)]


def test_words_are_added_taken_away_and_excluded() -> None:
    first, second = edited("- 锂离子\n+ 硬碳\n! 摩托\n& 电池")
    assert first.groups == (("负极", "硬碳"), ("电池",))
    assert second.none == ("铅酸", "摩托")


def test_a_rule_of_its_own_takes_the_place_of_all_and_further_ones_are_added() -> None:
    assert edited("= G01S* ; G01S19* | 北斗 / 授时 ! 手表\n= G04R*") == [
        Draft(ipc=("G01S*",), not_ipc=("G01S19*",), groups=(("北斗",), ("授时",)), none=("手表",)),
        Draft(ipc=("G04R*",)),
    ]
    assert edited("* G04R*") == [*RAW, Draft(ipc=("G04R*",))]


def test_a_class_is_taken_out() -> None:
    assert edited("~1 H01M4*")[0].ipc == ()


def test_rules_that_differ_in_classes_alone_become_one_unless_they_exclude_some() -> None:
    assert [rule.ipc for rule in edited("| 电池\nonce", [RAW[0], *RAW, Draft(ipc=("H01M8*",))])] == [
        ("H01M4*", "H01M8*"),
        ("C01B32*",),
    ]


def test_lists_have_names_and_one_edit_may_be_of_several_fields() -> None:
    edits = read_edits(
        ["$EV = 电动汽车、纯电动", "a-1 a-2 : 同一个原因", "| $EV、换电", "# 注释", "", "a-2 : 还有", "& 充电"]
    )
    assert apply(RAW[:1], edits["a-1"])[0].groups == (("电动汽车", "纯电动", "换电"),)
    assert apply(RAW[:1], edits["a-2"])[0].groups[1] == ("充电",)


@pytest.mark.parametrize("text", ["- 没有这个词", "~ G01S*", "+ 锂离子"])
def test_an_edit_that_changes_nothing_stops_the_tool(text: str) -> None:
    with pytest.raises(ValueError, match="changes nothing"):
        edited(text)


def test_an_edit_belongs_to_a_field() -> None:
    with pytest.raises(ValueError, match="without a field"):
        read_edits(["| 电池"])
