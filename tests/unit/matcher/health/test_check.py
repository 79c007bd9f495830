"""What is told about profiles, by the shipped statistics alone."""

import re

import msgspec
import pytest

from services.matcher.health import Code, Severity, check_profile
from shared.wire.profile import Fuzziness, Profile, Rule, Term, TermMatch
from shared.wording.advice import in_words
from tests.unit.matcher.health.broken import BROKEN
from tests.unit.matcher.made import profile

WITH_STORED_ONLY = {Code.STRADDLING_TERM, Code.WIDE_EXCLUSION, Code.MISSING_FIELD}


@pytest.mark.parametrize(
    ("checked", "code", "severity", "words"),
    BROKEN,
    ids=[f"{code.value}-{number}" for number, (_, code, _, _) in enumerate(BROKEN)],
)
def test_what_will_not_do_what_its_author_wants_is_said(
    checked: Profile, code: Code, severity: Severity, words: str
) -> None:
    found = [finding for finding in check_profile(checked) if finding.code == code]
    assert [finding.severity for finding in found] == [severity] * len(found)
    assert any(words in finding.text for finding in found), [finding.text for finding in check_profile(checked)]
    english = [in_words(finding.placed, "en") for finding in found]
    assert not re.search("[一-鿿]", re.sub("“[^”]*”|\\(.*?\\)", "", " ".join(english))), english


def test_every_kind_of_finding_has_its_broken_profile() -> None:
    assert {code for _, code, _, _ in BROKEN} | WITH_STORED_ONLY | {Code.AFFIX_OF_WORDS} == set(Code)


@pytest.mark.parametrize(
    "sound",
    [
        profile(
            ("固态电池", "半固态"),
            ("隔膜",),
            none=("铅酸",),
            ipc=("H01M10*", "H10K50*"),
            regions=("4401",),
            kinds=("A",),
        ),
        profile(("脑机接口",)),
        profile(("钙钛矿",), ("太阳能电池",)),
        profile(("石墨烯",), ("散热膜", "导热膜")),
        profile(("LiFePO4", "磷酸铁锂"), ("正极材料",)),
        profile(("ST-771", "C++", "5G基站")),
        profile((Term(text="锂离子电池", synonyms=("锂二次电池",)),), ("极耳",)),
        profile(applicants=("广州视源电子科技股份有限公司",)),
        profile(("香水瓶",), kinds=("S", "U")),
        Profile(id="p", rules=(Rule(groups=(("固态电解质",),)),), fuzziness=Fuzziness.NORMAL, min_score=0.5),
        Profile(id="p", rules=(Rule(groups=(("充电桩",),)), Rule(ipc=("B60L53/16*",)))),
    ],
)
def test_a_sound_profile_has_nothing_said_about_it(sound: Profile) -> None:
    assert check_profile(sound) == []


def test_a_finding_says_where_it_was_found() -> None:
    found = check_profile(Profile(id="p", rules=(Rule(ipc=("B33Y*",)), Rule(groups=(("隔膜",), ("膜",))))))
    assert [(finding.rule, finding.group, finding.term) for finding in found] == [(1, 1, "膜")]
    assert found[0].in_words.startswith("第 2 条规则第 2 组：关键词“膜”只有一个字")


def test_a_finding_is_told_to_programs_in_chinese() -> None:
    [found] = check_profile(profile(("固态电驰",)))
    told = msgspec.json.decode(msgspec.json.encode(found.told))
    assert told == {
        "code": "unseen-term",
        "severity": "warning",
        "text": "公开文献里没见过“固态电驰”这种写法，是不是想写“固态电池”？请核对用字",
        "rule": 0,
        "group": 0,
        "term": "固态电驰",
        "suggestions": ["固态电池"],
    }


def test_a_group_that_a_context_might_save_is_no_error() -> None:
    found = [f for f in check_profile(profile(("隔膜泵",), none=("隔膜",))) if f.code == Code.EXCLUDED_GROUP]
    assert [finding.severity for finding in found] == [Severity.WARNING]


def test_an_exclusion_that_wants_a_word_does_not_silence_the_default_keyword() -> None:
    strict = profile(("电池", "电机"), none=(Term(text="电池", match=TermMatch.WORD),))
    assert all(finding.severity != Severity.ERROR for finding in check_profile(strict))


def test_a_flood_tells_what_each_way_to_narrow_it_would_leave() -> None:
    [found] = [finding for finding in check_profile(profile(("控制器", "隔膜"))) if finding.code == Code.FLOOD]
    assert found.term == "控制器"
    assert set(found.numbers) == {"a_week", "share", "without_term", "title_only", "with_class"}
    assert all(found.numbers[way] < found.numbers["a_week"] for way in ("without_term", "title_only", "with_class"))
    assert "去掉“控制器”，约剩" in found.text


def test_narrowing_one_rule_leaves_what_the_others_bring() -> None:
    two = Profile(id="p", rules=(Rule(groups=(("控制器", "隔膜"),)), Rule(groups=(("电机",),))))
    [one_alone] = [f for f in check_profile(profile(("控制器", "隔膜"))) if f.code == Code.FLOOD]
    [both] = [finding for finding in check_profile(two) if finding.code == Code.FLOOD]
    assert both.term == "电机"
    assert both.numbers["title_only"] > one_alone.numbers["a_week"]
