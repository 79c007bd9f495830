import pytest

from services.matcher.engine.scheme import is_known, lies_in, path


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("H01M10/613", ("H01M10/613", "H01M10/61", "H01M10/60", "H01M10/00", "H01M", "H01", "H")),
        ("H01M10/99999", ("H01M10/99999", "H01M10/00", "H01M", "H01", "H")),
        ("H10F10/166", ("H10F10/166", "H10F10/165", "H10F10/164", "H10F10/16", "H10F10/10", "H10F10/00", "H10F", "H10", "H")),
        ("H01L51/56", ("H01L51/56", "H01L51/50", "H01L51/00", "H01L", "H01", "H")),
        ("H01", ("H01", "H")),
    ],
)  # fmt: skip
def test_a_path_goes_up_by_dots(place: str, expected: tuple[str, ...]) -> None:
    assert path(place) == expected


@pytest.mark.parametrize("place", ["H01M10/613", "H01M10/99999", "H04L12/741", "H01L27/1157", "H05K3/46", "B64U", "H"])
def test_lying_in_a_place_is_the_same_told_from_the_order_of_the_scheme(place: str) -> None:
    for other in (*path(place), "H01M10/05", "H01M1/00", "H01L27/11", "H02", "B64C", "A"):
        assert lies_in(place, other) is (other in path(place))


def test_a_subgroup_whose_dots_nobody_told_is_known_and_lies_under_its_main_group() -> None:
    assert is_known("H02K15/0643")
    assert path("H02K15/0643")[1] == "H02K15/00"
