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
