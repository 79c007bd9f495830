"""Why a publication does not match, condition by condition."""

import re

import msgspec
import pytest

from services.matcher.engine.oracle import evaluate
from services.matcher.lookback.reasons import why_not
from services.matcher.lookback.remarks import remarks_on
from services.matcher.rings import Rings
from shared.wire.profile import Fuzziness, Profile, Term, TermMatch
from shared.wording.advice import in_words, page_text
from tests.unit.matcher.lookback.made import published
from tests.unit.matcher.made import profile, ring

LAMP = published(1, "手机床头的LED灯", abstract="一种固态电池。", ipc=("F21S2/00",))
NO_RINGS = Rings()


def told(wanted: Profile, rings: Rings = NO_RINGS) -> list[tuple[str, bool, str]]:
    return [(one.pointer, one.holds, one.text) for one in why_not(wanted, LAMP, rings).conditions]


@pytest.mark.parametrize(
    ("wanted", "pointer", "holds", "text"),
    [
        (profile(("LED", "灯")), "/rules/0/groups/0", True, "标题里有“LED”，符合（“LED”、“灯” 任一）"),
        (
            profile(("机床",)),
            "/rules/0/groups/0",
            False,
            "标题里的“手机床头的LED灯”虽含“机床”这几个字，但不是这个词，不算；要算请把它设为“任意位置”（这件公开没有权利要求）",
        ),
        (profile((Term(text="机床", match=TermMatch.ANYWHERE),)), "/rules/0/groups/0", True, "标题里有“机床”，符合（“机床” 任一）"),
        (profile(("灯",), none=("电池",)), "/rules/0/none", False, "摘要里有“电池”，被排除"),
        (profile(("灯",), none=("铅酸",)), "/rules/0/none", True, "没有出现要排除的 “铅酸”"),
        (profile(("灯",), ipc=("F21S*",)), "/rules/0/ipc", True, "IPC 分类 F21S2/00 属于 F21S*"),
        (profile(("灯",), ipc=("H01M*",)), "/rules/0/ipc", False, "IPC 分类 F21S2/00 不属于 “H01M*”"),
        (profile(("灯",), not_ipc=("F21*",)), "/rules/0/not_ipc", False, "IPC 分类 F21S2/00 属于要排除的 F21*"),
        (profile(("灯",), not_ipc=("H01M*",)), "/rules/0/not_ipc", True, "IPC 分类 F21S2/00 不属于要排除的 “H01M*”"),
        (profile(("灯",), applicants=("华为",)), "/rules/0/applicants", False, "申请人 甲乙科技有限公司 不属于 “华为”"),
        (profile(("灯",), regions=("4401",)), "/rules/0/regions", True, "地区 广州市天河区 属于 广州市"),
        (profile(("灯",), kinds=("B",)), "/rules/0/kinds", False, "文献种类 A 不属于 “B”"),
    ],
)  # fmt: skip
def test_each_condition_says_what_was_asked_for_and_what_was_found(
    wanted: Profile,
    pointer: str,
    holds: bool,  # noqa: FBT001 - a column of the table
    text: str,
) -> None:
    (said,) = (told_text for told_pointer, held, told_text in told(wanted) if (told_pointer, held) == (pointer, holds))
    assert said.endswith(text)


def test_an_applicant_whose_place_is_not_known_is_in_none() -> None:
    nowhere = msgspec.structs.replace(LAMP, applicants=())
    (said,) = (one.text for one in why_not(profile(regions=("4401",)), nowhere, NO_RINGS).conditions)
    assert said == "申请人在哪里不清楚，不算在 “广州市” 里"


def test_each_condition_is_said_in_english_with_nothing_chinese_but_what_was_written() -> None:
    wanted = profile(
        ("LED", "灯"), ("机床",), none=("电池",), ipc=("H01M*",), not_ipc=("F21*",), applicants=("华为",), regions=("31",), kinds=("B",)
    )  # fmt: skip
    for one in why_not(msgspec.structs.replace(wanted, min_score=0.5), LAMP, NO_RINGS).conditions:
        assert one.said is not None
        assert in_words(one.said) == one.text
        english = in_words(one.said, "en")
        assert not re.search("[一-鿿]", re.sub("“[^”]*”|甲乙科技有限公司|广州市天河区", "", english)), english


def test_a_rule_matches_when_all_its_conditions_hold() -> None:
    for wanted in (
        profile(("LED",), ("电池",), none=("铅酸",), ipc=("F*",)),
        profile(("LED",), ("汽车",)),
        profile(("LED",), regions=("31",)),
    ):
        found = why_not(wanted, LAMP, NO_RINGS)
        assert found.match == evaluate(wanted, LAMP, NO_RINGS)
        assert (found.match is not None) == all(condition.holds for condition in found.conditions)


def test_a_score_below_the_least_is_a_condition_of_its_own() -> None:
    wanted = msgspec.structs.replace(profile(("固态电池",)), min_score=0.9)
    pointer, holds, text = told(wanted)[-1]
    assert (pointer, holds) == ("/min_score", False)
    assert "低于最低得分 0.9" in text


def test_a_word_in_a_field_that_the_profile_does_not_look_at_is_named() -> None:
    wanted = msgspec.structs.replace(profile(("固态电池",)), fields=("title",))
    assert told(wanted) == [
        ("/rules/0/groups/0", False, "标题里没有找到 “固态电池”；“固态电池”只出现在摘要里，而这个画像不看摘要")
    ]


def test_synonyms_and_variants_are_told_as_such() -> None:
    assert "标题里有“灯”（“灯具”的同义词）" in told(profile(("灯具",)), ring("灯具", "灯"))[0][2]
    loose = msgspec.structs.replace(profile(("固态的电池",)), fuzziness=Fuzziness.LOOSE)
    assert "摘要里有“固态电池”（“固态的电池”的相近写法）" in told(loose)[0][2]


def test_remarks_point_at_what_they_are_about() -> None:
    wanted = profile(("固态电池", "方法"), ipc=("H01M10", "Z99"))
    pointers = {remark.code: remark.pointer for remark in remarks_on(wanted, NO_RINGS, None)}
    assert pointers["bad-ipc"] == "/rules/0/ipc/1"
    for remark in remarks_on(wanted, NO_RINGS, None):
        assert remark.said is not None
        assert in_words(remark.said) == remark.text
    assert all(pointer.startswith(("/rules/0", "")) for pointer in pointers.values())


def test_a_least_score_that_cannot_be_reached_is_pointed_at_itself() -> None:
    wanted = msgspec.structs.replace(profile(ipc=("H01M*",)), min_score=0.9)
    (remark,) = (one for one in remarks_on(wanted, NO_RINGS, None) if one.level == "error")
    assert (remark.code, remark.pointer) == ("unreachable-score", "/min_score")
    assert page_text(remark, "zh").startswith("条件 1：最低相关度是 90，这个条件最高只能得 60")
    assert page_text(remark, "en").startswith("Rule 1: The least relevance is 90 of 100, and this rule reaches 60")
