import pytest

from services.matcher.engine.company_names import brand, is_legal_name, legal_name, short_names
from services.matcher.engine.text import normalise
from tests.reference import reference


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("某某（广州）有限责任公司", "某某(广州)有限公司"),
        ("某某股份有限公司", "某某有限公司"),
        ("某某公司", "某某有限公司"),
        ("某某集团股份有限公司", "某某集团公司"),
        ("某某集团有限责任公司", "某某集团公司"),
        ("某某有限公司北京分公司", "某某有限公司北京分公司"),
        ("中国某某总公司", "中国某某总公司"),
        ("??ＬＧ电子株式会社", "lg电子株式会社"),
        ("清华大学", "清华大学"),
    ],
)
def test_a_name_has_one_spelling(name: str, expected: str) -> None:
    assert legal_name(name) == expected
    assert legal_name(expected) == expected


@pytest.mark.parametrize(
    ("pattern", "legal"), [("华为", False), ("海尔集团", False), ("清华大学", True), ("英特尔公司", True)]
)
def test_a_full_name_ends_in_a_kind_of_organisation(pattern: str, *, legal: bool) -> None:
    assert is_legal_name(pattern) is legal


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("华为技术有限公司", "华为"),
        ("深圳市大疆创新科技有限公司", "大疆"),
        ("昆山千灯镇南野智能科技店", "南野"),
        ("青岛经济技术开发区海尔热水器有限公司", "海尔热水器"),
        ("湖北塑胶跑道工程公司", ""),
        ("", ""),
        ("广东省广州市天河区", ""),
    ],
)
def test_a_brand_is_what_remains_without_place_trade_and_legal_form(name: str, expected: str) -> None:
    assert brand(name) == expected


def test_short_forms_lose_form_then_place_then_one_word_of_trade_after_the_other() -> None:
    assert short_names("深圳市大疆创新科技有限公司") == ("深圳市大疆创新科技", "大疆创新科技", "大疆创新", "大疆")


def test_a_county_without_its_kind_is_cut_off_in_a_second_form_only() -> None:
    assert {"会昌魅惠丹", "魅惠丹"} <= set(short_names("会昌魅惠丹贸易有限公司"))
    assert short_names("长安汽车有限公司") == ("长安汽车", "长安")


@pytest.mark.data
def test_most_brands_of_the_reference_names_are_cut_out_exactly() -> None:
    """The even rows were used for tuning, the odd ones were not."""
    rows = [
        row.partition(" ") for row in reference("companies", "names_with_brand.txt").read_text("utf-8").splitlines()
    ]
    right = [brand(name) == normalise(expected) for name, _, expected in rows]
    assert (sum(right[::2]), sum(right[1::2])) >= (117, 118)
    assert len(rows) == 250
