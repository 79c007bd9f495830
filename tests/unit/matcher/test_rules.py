import pytest

from services.matcher.engine.engine import Engine
from services.matcher.engine.scoring import BIBLIOGRAPHIC_UNITS, UNITS
from shared.wire.match import HitKind
from shared.wire.profile import Fuzziness, Profile, Rule, Term, TermMatch
from tests.unit.matcher.made import both, by, profile, publication, ring


def test_every_group_needs_a_hit() -> None:
    wanted = profile(("固态电池", "全固态电池"), ("隔膜", "电解质膜"))
    assert both(wanted, publication("一种固态电池")) is None
    assert both(wanted, publication("一种固态电池", abstract="包括隔膜")) is not None


def test_an_excluded_term_in_a_field_of_the_profile_refuses() -> None:
    wanted = profile(("电池",), none=("铅酸",))
    assert both(wanted, publication("一种铅酸电池")) is None
    only_title = Profile(id="p", rules=wanted.rules, fields=("title",))
    assert both(only_title, publication("一种电池", abstract="不是铅酸电池")) is not None


def test_a_synonym_is_evidence_of_its_own_kind_and_names_the_profiles_term() -> None:
    wanted = profile((Term(text="锂电池", synonyms=("锂离子电池",)),))
    found = both(wanted, publication("一种锂离子电池隔膜"))
    assert found is not None
    (hit,) = found.evidence
    assert (hit.term, hit.kind, hit.start, hit.end) == ("锂电池", HitKind.SYNONYM, 2, 7)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"ipc": ("H01M10*",)}, True),
        ({"ipc": ("H01M10*",), "not_ipc": ("H01M10/60*",)}, False),
        ({"applicants": ("华为",)}, True),
        ({"applicants": ("华为",), "kinds": ("B",)}, False),
        ({"regions": ("4401",)}, True),
        ({"regions": ("11",)}, False),
        ({"kinds": ("A",)}, True),
        ({"kinds": ("A",), "not_applicants": ("华为",)}, False),
        ({"ipc": ("nonsense",)}, False),
    ],
)
def test_each_list_needs_a_member_that_fits(rule: dict[str, tuple[str, ...]], *, holds: bool) -> None:
    found = both(profile(**rule), publication(ipc=("H01M10/613",), applicants=by()))
    assert (found is not None) is holds
    assert found is None or found.score == BIBLIOGRAPHIC_UNITS / UNITS


def test_every_value_that_fits_is_evidence_whole() -> None:
    rule = {"ipc": ("H01M*",), "applicants": ("华为",), "regions": ("44",)}
    found = both(profile(("电池",), **rule), publication("电池", ipc=("B60L50/50", "H01M10/613"), applicants=by()))
    assert found is not None
    assert [(hit.term, hit.field, hit.start, hit.end, hit.kind.value) for hit in found.evidence] == [
        ("电池", "title", 0, 2, "word"),
        ("H01M*", "ipc[1]", 0, 10, "ipc"),
        ("华为", "applicants[0].name", 0, 8, "applicant"),
        ("44", "applicants[0].region", 0, 6, "region"),
    ]


def test_the_best_rule_is_told_and_the_first_of_equals() -> None:
    rules = tuple(Rule(groups=((term,),)) for term in ("组", "电池组", "装置"))
    found = both(Profile(id="p", rules=rules), publication("电池组装置"))
    assert found is not None
    assert found.rule == 1


def test_a_match_below_the_least_score_is_left_out() -> None:
    rules = (Rule(groups=(("电池",),)),)
    found = both(Profile(id="p", rules=rules), publication("电池"))
    assert found is not None
    assert both(Profile(id="p", rules=rules, min_score=found.score), publication("电池")) == found
    assert both(Profile(id="p", rules=rules, min_score=found.score + 1e-9), publication("电池")) is None


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "\ud800👩\u200d🔬一種ＬＥＤ燈"
    found = both(profile(("led灯",)), publication(text))
    assert found is not None
    (hit,) = found.evidence
    assert text[hit.start : hit.end] == "ＬＥＤ燈"


def test_a_term_of_nothing_visible_never_hits_and_never_excludes() -> None:
    assert both(profile(("\u200b",)), publication("\u200b电池")) is None
    assert both(profile(("电池",), none=("\u200b",)), publication("\u200b电池")) is not None


def test_matches_come_best_first_then_by_profile_id() -> None:
    profiles = [
        Profile(id=i, rules=(Rule(groups=((term,),)),)) for i, term in (("z", "电池"), ("b", "电池组"), ("a", "电池组"))
    ]
    (matches,) = Engine.compile(profiles).match([publication("电池组")])
    assert [match.profile_id for match in matches] == ["a", "b", "z"]


def test_no_profiles_and_no_publications_are_no_trouble() -> None:
    assert Engine.compile([]).match([publication()]) == [[]]
    assert Engine.compile([profile(("电池",))]).match([]) == []
    assert Engine.compile([profile(("电池",))]).match([publication("")]) == [[]]


def test_a_term_in_the_middle_of_a_token_counts_only_when_it_may_stand_anywhere() -> None:
    anywhere = Term(text="LED", match=TermMatch.ANYWHERE, weight=0.5)
    found = both(profile((anywhere,)), publication("failed"))
    assert found is not None
    assert (found.evidence[0].kind, found.evidence[0].score) == (HitKind.ANYWHERE, 0.3)


@pytest.mark.parametrize("term", ["电", "电池", "长" * 33])
def test_a_term_too_short_or_too_long_for_variants_is_found_as_it_is(term: str) -> None:
    wanted = Profile(id="p", rules=(Rule(groups=((term,),)),), fuzziness=Fuzziness.LOOSE)
    found = both(wanted, publication("一种锂离子电池的装置，" * 50 + term))
    assert found is not None
    assert HitKind.FUZZY not in {hit.kind for hit in found.evidence}
    assert both(wanted, publication("")) is None


def test_variants_are_found_up_to_the_level_that_is_asked_for() -> None:
    normal, loose = (
        Profile(id="p", rules=(Rule(groups=(("锂离子电池",),)),), fuzziness=level)
        for level in (Fuzziness.NORMAL, Fuzziness.LOOSE)
    )
    for wanted in (normal, loose):
        found = both(wanted, publication("锂离子动力电池"))
        assert found is not None
        assert [(hit.kind, hit.start, hit.end) for hit in found.evidence] == [(HitKind.FUZZY, 0, 7)]
    assert both(normal, publication("钠离子电池")) is None
    assert both(loose, publication("钠离子电池")) is None


def test_a_member_of_a_ring_stands_for_a_term_unless_the_term_or_the_profile_says_no() -> None:
    rings = ring("马达", "电机")
    term, without = Term(text="马达"), Term(text="马达", rings=False)
    found = both(profile((term,)), publication("一种电机"), rings)
    assert found is not None
    assert [(hit.term, hit.kind, hit.start, hit.end) for hit in found.evidence] == [("马达", HitKind.SYNONYM, 2, 4)]
    assert both(profile((without,)), publication("一种电机"), rings) is None
    off = Profile(id="p", rules=(Rule(groups=((term, Term(text="转子", rings=True)),)),), rings=False)
    assert both(off, publication("一种电机"), rings) is None
    assert both(profile(("一种",), none=("马达",)), publication("一种电机"), rings) is not None
