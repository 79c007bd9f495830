import csv

import pytest

from services.matcher.engine.regions import _successors, fits, keys, pattern_key, today
from tests.reference import reference


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("44", "44"), ("440000", "44"), ("440100", "4401"), ("4401*", "4401"), (" ４４０１０６ ", "440106"), ("440116", "440112"), ("441900", "4419")],
)  # fmt: skip
def test_a_pattern_is_the_beginning_of_a_code(pattern: str, expected: str) -> None:
    assert pattern_key(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "region", "fit"),
    [
        ("440116", "440112", True),
        ("440112", "440116", True),
        ("4401", "440116", True),
        ("440112", "440106", False),
        ("440116", None, False),
        ("440116", "", False),
        ("44", "4401", True),
        ("4401", "44", False),
    ],
)
def test_a_dissolved_district_is_the_one_it_went_to(pattern: str, region: str | None, *, fit: bool) -> None:
    assert fits(pattern, region) is fit
    assert (pattern_key(pattern) in keys(region or "")) is fit


def test_a_division_in_force_is_never_taken_for_a_dissolved_one() -> None:
    assert not set(_successors()) & set(_successors().values())


@pytest.mark.data
def test_every_district_in_force_is_its_own_pattern_and_every_dissolved_one_leads_to_one() -> None:
    with reference("admin", "areas.csv").open(encoding="utf-8", newline="") as rows:
        codes = {row["code"] for row in csv.DictReader(rows)}
    assert {code for code in codes if today(code) != code} == set()
    assert {code for code in codes if pattern_key(code) != code} == {
        "441900",
        "442000",
        "460400",
    }  # cities without districts
    assert set(_successors().values()) <= codes
