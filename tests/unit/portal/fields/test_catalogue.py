"""Finding a field in the tree."""

import msgspec
import pytest

from services.portal.catalogue.catalogue import Catalogue, shipped
from services.portal.catalogue.field import Field, Volumes
from shared.wire.profile import Rule

ROOT = Field(code="t", zh="电池", en="Batteries")
LITHIUM = Field(code="t-1", zh="锂电池", en="Lithium batteries", about="以锂为主", parent="t")
ANODE = Field(code="t-1.1", zh="负极", en="Anodes", parent="t-1", rules=(Rule(groups=(("石墨", "Si/C"),)),))
CATHODE = Field(code="t-1.2", zh="正极", en="Cathodes", parent="t-1", rules=(Rule(ipc=("H01M4/58",)), *ANODE.rules))
CATALOGUE = Catalogue([ROOT, LITHIUM, ANODE, CATHODE])


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("负极", ["t-1.1"]),
        ("石墨", ["t-1.1", "t-1.2"]),
        ("cathode", ["t-1.2"]),
        ("T-1.1", ["t-1.1"]),
        ("Ｃａｔｈｏｄｅ", ["t-1.2"]),
        ("si/c", ["t-1.1", "t-1.2"]),
        ("电池", ["t", "t-1"]),
        ("锂 lithium", ["t-1"]),
        ("锂 阳极", []),
        ("  ", []),
    ],
)
def test_a_field_is_found_by_all_words_of_code_name_description_or_keyword(words: str, codes: list[str]) -> None:
    assert [field.code for field in CATALOGUE.search(words)] == codes


def test_the_field_of_just_this_name_comes_first() -> None:
    assert shipped().search("量子雷达")[0].zh == "量子雷达"
    assert shipped().search("face recognition")[0].code == "ai-3.4.2"


def test_a_search_tells_no_more_than_asked_for() -> None:
    assert len(shipped().search("电池", limit=3)) == 3


def test_a_node_holds_the_rules_of_all_below_it_each_once() -> None:
    assert CATALOGUE.rules("t") == (*ANODE.rules, CATHODE.rules[0])


def test_the_path_leads_from_the_root() -> None:
    assert [field.code for field in CATALOGUE.path("t-1.1")] == ["t", "t-1"]


def test_another_version_of_a_field_takes_its_place_and_the_tree_stays() -> None:
    changed = CATALOGUE.with_changed({"t-1.1": msgspec.structs.replace(ANODE, zh="负极材料")})
    assert [field.zh for field in changed.below("t-1")] == ["负极材料", "正极"]
    assert [field.zh for field in CATALOGUE.below("t-1")] == ["负极", "正极"]
    assert [field.code for field in changed.search("负极材料")] == ["t-1.1"]


def test_namesakes_are_those_of_other_tables() -> None:
    assert "meta-3.1.2" in {field.code for field in shipped().namesakes("ai-2.2")}


def test_a_week_has_as_many_as_its_issues() -> None:
    measured = Volumes(issued_on="2019-07-09", basis="", publications=100, issues_a_week=2, matches={"t-1": 3})
    assert (measured.a_week("t-1"), measured.a_week("t-2")) == (6, None)
