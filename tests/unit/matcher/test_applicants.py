import pytest

from services.matcher.engine.applicants import brand, keys, pattern_keys
from tests.reference import reference


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("华为技术有限公司", "华为"),
        ("深圳市大疆创新科技有限公司", "大疆"),
        ("湖北塑胶跑道工程公司", ""),
        ("", ""),
        ("广东省广州市天河区", ""),
    ],
)
def test_a_brand_is_what_remains_without_place_trade_and_legal_form(name: str, expected: str) -> None:
    assert brand(name) == expected


def test_a_pattern_of_nothing_but_brackets_fits_nobody() -> None:
    assert pattern_keys("·") == ()


def test_a_name_has_a_key_for_itself_and_for_each_short_form() -> None:
    assert keys("中兴通讯股份有限公司") == ("=中兴通讯股份有限公司", "~中兴通讯", "~中兴")


@pytest.mark.data
def test_most_brands_of_the_reference_names_are_cut_out_exactly() -> None:
    rows = reference("companies", "names_with_brand.txt").read_text("utf-8").splitlines()
    right = sum(brand(name) == expected for name, _, expected in (row.partition(" ") for row in rows))
    assert (right, len(rows)) >= (222, 250)
