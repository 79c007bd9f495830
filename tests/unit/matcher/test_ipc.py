import pytest

from services.matcher.engine.ipc import canonical, is_known, keys


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H01M10/0525", "H01M10/0525"),
        ("h01m 10/0525 (2010.01)", "H01M10/0525"),
        ("Ｈ０１Ｍ１０／０５２５", "H01M10/0525"),
        ("H01M0010/05", "H01M10/05"),
        ("H01M10*", "H01M10/00*"),
        ("H01M10", "H01M10/00"),
        ("H01M", "H01M"),
        ("H*", "H*"),
        ("*", None),
        ("H1", None),
        ("I01B1/00", None),
        ("", None),
    ],
)
def test_symbols_and_patterns_have_one_spelling(text: str, expected: str | None) -> None:
    assert canonical(text) == expected


def test_a_symbol_is_covered_by_every_place_above_it_by_dots() -> None:
    assert keys("H01M10/6235") == (
        "H01M10/6235",
        "H01M10/6235*",
        "H01M10/623*",
        "H01M10/62*",
        "H01M10/60*",
        "H01M10/00*",
        "H01M*",
        "H01*",
        "H*",
    )


def test_a_short_symbol_is_covered_by_itself_and_what_is_above() -> None:
    assert keys("H01M") == ("H01M", "H01M*", "H01*", "H*")


@pytest.mark.parametrize("symbol", ["H01M10*", "nonsense", ""])
def test_what_is_no_symbol_is_covered_by_nothing(symbol: str) -> None:
    assert keys(symbol) == ()


@pytest.mark.parametrize(
    ("pattern", "known"), [("H01M10/60*", True), ("H01M10/00", True), ("H01M10/61111", False), ("H01*", True), ("H98*", False), ("H10K50/00*", True)]
)  # fmt: skip
def test_places_of_the_scheme_are_known(pattern: str, *, known: bool) -> None:
    assert is_known(pattern) is known
