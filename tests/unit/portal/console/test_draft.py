"""A profile while somebody edits it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.console.editor.draft import (
    MAX_ITEMS,
    NOTHING_ASKED,
    Draft,
    add,
    draft_of,
    press,
    profile_of,
    read_form,
    written,
)
from services.portal.console.editor.words import summary
from services.portal.console.places import places_open
from shared.wire.profile import Fuzziness, Profile, Rule, Term

WORDS = (
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
TERMS = WORDS | st.builds(Term, text=WORDS, weight=st.sampled_from([0.5, 1.0]), synonyms=st.tuples(WORDS))
RULES = st.builds(
    Rule,
    groups=st.lists(st.lists(TERMS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=12).map(tuple),
    none=st.lists(TERMS, max_size=2).map(tuple),
    ipc=st.lists(WORDS, max_size=2).map(tuple),
    not_applicants=st.lists(WORDS, max_size=2).map(tuple),
)
PROFILES = st.builds(
    Profile,
    id=st.just("draft"),
    name=WORDS.map(lambda name: " ".join(name.split())).filter(bool),
    rules=st.lists(RULES, min_size=1, max_size=3).map(tuple),
    fields=st.sampled_from([("title",), ("title", "claim"), ("title", "abstract", "claim")]),
    fuzziness=st.sampled_from(Fuzziness),
    min_score=st.integers(0, 100).map(lambda percent: percent / 100),
    rings=st.booleans(),
)


def form_of(draft: Draft) -> list[tuple[str, str]]:
    """What a browser sends of the editor's form."""
    return [
        ("name", draft.name),
        ("rules", str(draft.rules)),
        ("fuzziness", draft.fuzziness),
        ("min_score", str(round(draft.min_score * 100))),
        *([("rings", "yes")] if draft.rings else []),
        *(("field", name) for name in draft.fields),
        *((f"in:{place}", written(item)) for place, items in draft.items.items() for item in items),
    ]


def typed(*pairs: tuple[str, str]) -> Draft:
    return read_form([("name", "电池"), ("rings", "yes"), *pairs])


@given(PROFILES)
def test_a_profile_that_nobody_touched_comes_back_as_it_was(profile: Profile) -> None:
    assert profile_of(read_form(form_of(draft_of(profile)))) == profile


@given(
    st.lists(
        st.tuples(
            st.text(max_size=20) | st.sampled_from(["in:0.groups.0", "add:0.none", "rules"]), st.text(max_size=20)
        )
    )
)
def test_whatever_a_form_brings_is_read(pairs: list[tuple[str, str]]) -> None:
    draft = read_form(pairs)
    press(draft, dict(pairs).get("do", "rule"))
    profile_of(draft)


def test_several_words_are_typed_at_once() -> None:
    draft = typed(("add:0.groups.0", "固态电池、全固态电池，solid state battery\n锂电池;固态电池"))
    assert draft.groups(0) == [["固态电池", "全固态电池", "solid state battery", "锂电池"]]


def test_classes_are_typed_with_blanks_and_in_small_letters() -> None:
    assert typed(("add:0.ipc", "h01m10/052 H01M50*")).listed(0, "ipc") == ["H01M10/052", "H01M50*"]


def test_what_is_still_being_typed_is_not_lost_when_another_button_is_pressed() -> None:
    draft = typed(("in:0.groups.0", "电池"), ("add:0.groups.1", "隔膜"))
    press(draft, "drop:0.groups.0:0")
    assert draft.groups(0) == [["隔膜"]]


def test_a_chip_that_is_dropped_is_gone_and_the_others_stay() -> None:
    draft = typed(("in:0.groups.0", "电池"), ("in:0.groups.0", "蓄电池"), ("in:0.none", "铅酸"))
    press(draft, "drop:0.groups.0:0")
    assert (draft.groups(0), draft.listed(0, "none")) == ([["蓄电池"]], ["铅酸"])


def test_a_proposal_is_taken() -> None:
    draft = typed(("in:0.groups.0", "电池"))
    press(draft, "take:0.groups.0:蓄电池: 铅酸")
    assert draft.words == ["电池", "蓄电池: 铅酸"]


def test_a_rule_is_added_and_the_one_before_it_dropped() -> None:
    draft = typed(("in:0.groups.0", "电池"))
    press(draft, "rule")
    add(draft, "1.groups.0", "电机")
    press(draft, "drop-rule:0")
    assert (draft.rules, draft.groups(0)) == (1, [["电机"]])


def test_buttons_that_are_none_do_nothing() -> None:
    for button in (
        "drop:0.groups.0:9",
        "drop:9.x:0",
        "drop::",
        "take:nowhere:x",
        "drop-rule:x",
        "nonsense",
        "",
        "drop:0.groups.0:²",
    ):
        draft = typed(("in:0.groups.0", "电池"))
        press(draft, button)
        assert draft.groups(0) == [["电池"]]


def test_a_term_with_settings_of_its_own_keeps_them() -> None:
    term = Term(text="电机", weight=0.5, synonyms=("马达",))
    draft = typed(("in:0.groups.0", written(term)))
    assert draft.groups(0) == [[term]]


def test_nothing_that_is_asked_is_told() -> None:
    draft = typed(("in:0.none", "铅酸"))
    assert profile_of(draft) is None
    assert draft.faults == {"": NOTHING_ASKED}


def test_a_sentence_is_no_keyword() -> None:
    draft = typed(("add:0.groups.0", "长" * 201))
    assert profile_of(draft) is None
    assert "最多 200 个字" in draft.faults["0.groups.0"].zh


def test_a_pasted_list_has_an_end() -> None:
    draft = typed(("add:0.groups.0", "、".join(f"词{n}" for n in range(MAX_ITEMS + 1))))
    assert len(draft.words) == MAX_ITEMS
    assert profile_of(draft) is None


@pytest.mark.parametrize("number", ["9" * 5_000, "٠", "²", "-1", ""])
def test_a_button_with_no_number_of_ours_does_nothing(number: str) -> None:
    draft = read_form([("rules", number), ("min_score", number), ("in:0.groups.0", "隔膜")])
    for button in (f"drop:0.groups.0:{number}", f"drop-rule:{number}"):
        press(draft, button)
    assert (draft.rules, draft.min_score, draft.items) == (1, 0.0, {"0.groups.0": ["隔膜"]})


def test_regions_are_typed_by_name_and_held_by_code() -> None:
    draft = typed(("add:0.regions", "天河、广东，4403"))
    assert draft.listed(0, "regions") == ["440106", "44", "4403"]
    profile = profile_of(draft)
    assert profile is not None
    assert profile.rules == (Rule(regions=("440106", "44", "4403")),)


def test_a_name_of_several_regions_stays_typed_and_says_which_they_are() -> None:
    draft = typed(("in:0.groups.0", "电池"), ("add:0.regions", "天河、朝阳"))
    press(draft, "save")
    assert (draft.listed(0, "regions"), draft.typed) == (["440106"], {"0.regions": "朝阳"})
    assert "朝阳市、北京市朝阳区" in draft.faults["0.regions"].zh
    assert "Beijing 朝阳区" in draft.faults["0.regions"].en
    assert profile_of(draft) is None


def test_a_region_that_is_none_says_what_to_write() -> None:
    draft = typed(("in:0.groups.0", "电池"), ("add:0.regions", "亚特兰蒂斯"))
    press(draft, "add")
    assert draft.typed == {"0.regions": "亚特兰蒂斯"}
    assert "没有“亚特兰蒂斯”这个地区" in draft.faults["0.regions"].zh


def test_while_a_region_is_looked_for_nothing_is_taken_and_nothing_is_wrong() -> None:
    draft = typed(("in:0.groups.0", "电池"), ("add:0.regions", "天河"), ("do", "find-region:0"))
    press(draft, "find-region:0")
    assert (draft.listed(0, "regions"), draft.typed, draft.faults) == ([], {"0.regions": "天河"}, {})
    found = places_open("find-region:0", draft.typed)
    assert found is not None
    assert [one.code for one in found.found] == ["440106"]


def test_taking_one_of_several_regions_says_what_was_meant() -> None:
    draft = typed(("in:0.groups.0", "电池"), ("add:0.regions", "朝阳"))
    press(draft, "take:0.regions:110105")
    assert (draft.listed(0, "regions"), draft.typed, draft.faults) == (["110105"], {}, {})


def test_regions_are_gone_down_to_from_the_provinces() -> None:
    top, inside, nowhere = (places_open(button, {}) for button in ("open-region:1:", "open-region:1:4401", "add"))
    assert top is not None
    assert (top.rule, len(top.found), top.within) == ("1", 34, "")
    assert inside is not None
    assert [one.code for one in inside.found][:2] == ["4401", "440103"]
    assert nowhere is None


def test_a_word_that_is_too_long_stays_in_its_input() -> None:
    draft = typed(("add:0.groups.0", "隔膜、" + "长" * 201))
    assert draft.groups(0) == [["隔膜"]]
    assert draft.typed == {"0.groups.0": "长" * 201}


def test_a_summary_calls_regions_by_their_names() -> None:
    draft = typed(("in:0.groups.0", "电池"), ("in:0.regions", "440106"))
    assert summary(draft).zh.endswith("地区 广州市天河区")
    assert summary(draft).en.endswith("region Guangdong 广州市天河区")
