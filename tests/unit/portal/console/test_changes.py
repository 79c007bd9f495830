"""What changed in a profile, and two people's changes together."""

from msgspec.structs import replace

from services.portal.console.editor.changes import Change, changes, merge
from services.portal.console.editor.draft import draft_of, profile_of
from shared.wire.profile import Fuzziness, Profile, Rule

BASE = Profile(
    id="draft",
    name="电池",
    rules=(Rule(groups=(("固态电池", "全固态电池"), ("隔膜",)), none=("铅酸",), ipc=("H01M10*",)),),
)


def with_rule(**parts: tuple[object, ...]) -> Profile:
    return replace(BASE, rules=(replace(BASE.rules[0], **parts),))


def told(found: list[Change], language: str = "zh") -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(change.part.in_language(language), *_said(change, language)) for change in found]


def _said(change: Change, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    removed, added = (
        tuple(text if isinstance(text, str) else text.in_language(language) for text in texts)
        for texts in (change.removed, change.added)
    )
    return removed, added


def merged(mine: Profile, theirs: Profile) -> Profile | None:
    return profile_of(merge(draft_of(BASE), draft_of(mine), draft_of(theirs)))


def test_nothing_changed_is_told_as_nothing() -> None:
    assert changes(BASE, BASE) == []


def test_words_that_came_and_went_are_told_by_their_group() -> None:
    after = with_rule(groups=(("固态电池", "锂电池"), ("隔膜",)), none=())
    assert told(changes(BASE, after)) == [("关键词组 1", ("全固态电池",), ("锂电池",)), ("排除词", ("铅酸",), ())]


def test_settings_are_told_in_words() -> None:
    after = replace(BASE, name="隔膜", fuzziness=Fuzziness.NORMAL, fields=("title",), rings=False, min_score=0.5)
    assert told(changes(BASE, after)) == [
        ("画像名称", ("电池",), ("隔膜",)),
        ("查找范围", ("名称、摘要、权利要求",), ("名称",)),
        ("近似写法", ("不放宽",), ("适当放宽",)),
        ("最低相关度", ("0%",), ("50%",)),
        ("自动加同义词", ("是",), ("否",)),
    ]


def test_settings_and_regions_are_told_in_english_too() -> None:
    after = replace(with_rule(regions=("440106",)), fuzziness=Fuzziness.NORMAL, rings=False)
    assert told(changes(BASE, after), "en") == [
        ("Variants", ("Exact words",), ("Close variants",)),
        ("Synonyms by themselves", ("yes",), ("no",)),
        ("Regions", (), ("Guangdong 广州市天河区",)),
    ]


def test_a_second_rule_is_told_with_its_number() -> None:
    after = replace(BASE, rules=(*BASE.rules, Rule(applicants=("宁德时代",))))
    assert told(changes(BASE, after)) == [("条件 2 的申请人", (), ("宁德时代",))]


def test_what_both_added_is_there_and_what_either_took_out_is_gone() -> None:
    mine = with_rule(groups=(("固态电池", "全固态电池", "锂电池"), ("隔膜",)), none=())
    theirs = with_rule(groups=(("固态电池", "钠电池"), ("隔膜",)), ipc=("H01M10*", "H01M50*"))
    together = merged(mine, theirs)
    assert together is not None
    assert together.rules[0] == Rule(groups=(("固态电池", "锂电池", "钠电池"), ("隔膜",)), ipc=("H01M10*", "H01M50*"))


def test_a_setting_that_one_changed_stays_changed_and_mine_counts_where_both_did() -> None:
    together = merged(replace(BASE, name="我的"), replace(BASE, name="他们的", rings=False))
    assert together is not None
    assert (together.name, together.rings) == ("我的", False)


def test_whoever_changed_nothing_gets_theirs() -> None:
    theirs = replace(with_rule(none=("铅酸", "钠硫")), name="他们的")
    assert merged(BASE, theirs) == theirs
