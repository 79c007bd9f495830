import pytest

from services.matcher.engine.ipc import canonical, covers, is_known, keys, pattern_keys


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
    assert not covers("H*", symbol)


@pytest.mark.parametrize(("pattern", "expected"), [("h01m 10 *", ("H01M10/00*",)), ("nonsense", ())])
def test_a_pattern_asks_for_the_one_key_that_is_its_canonical_spelling(pattern: str, expected: tuple[str, ...]) -> None:
    assert pattern_keys(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        ("H01M10/60*", True),
        ("H01M10/00", True),
        ("H01M10/61111", False),
        ("H01*", True),
        ("H98*", False),
        ("H10K50/00*", True),
        ("H10F10/166", True),
        ("H01L51/50", True),
        ("H04L29/06", True),
    ],
)
def test_places_of_the_scheme_are_known(pattern: str, *, known: bool) -> None:
    assert is_known(pattern) is known


@pytest.mark.parametrize(
    ("pattern", "symbol"),
    [
        ("H10K50*", "H01L51/50"),
        ("H01L51/50*", "H10K50/11"),
        ("H10K59*", "H01L27/32"),
        ("H10F10*", "H01L31/0725"),
        ("H01L31/04*", "H10F10/142"),
        ("H10H20/825", "H01L33/32"),
        ("H01L33/32", "H10H20/825"),
        ("H10B43/20*", "H01L27/11582"),
        ("H10D30/60*", "H01L29/786"),
        ("H01L29*", "H10D62/815"),
        ("H10P14*", "H01L21/205"),
        ("H10W40*", "H01L23/473"),
        ("H10N30*", "H01L41/113"),
        ("H01M50/20*", "H01M2/10"),
        ("G06F30*", "G06F17/50"),
        ("G06V*", "G06K9/00"),
        ("H04N23*", "H04N5/232"),
        ("B64C39/02*", "B64U10/13"),
        ("A24F40*", "A24F47/00"),
        ("H04L41*", "H04L12/24"),
        ("H01L21/8247*", "H10B41/30"),
        ("H01L*", "H10K50/11"),
        ("H01L*", "H10W70/40"),
        ("H01M2*", "H01M50/209"),
        ("G06F17/30*", "G06F16/33"),
    ],
)
def test_a_pattern_covers_what_was_or_is_filed_elsewhere_in_another_edition(pattern: str, symbol: str) -> None:
    assert covers(pattern, symbol)
    assert set(pattern_keys(pattern)) & set(keys(symbol))


@pytest.mark.parametrize(
    ("pattern", "symbol"),
    [
        ("H04L67*", "H04L29/06"),  # divided: security, real time, protocols
        ("H04L9/40*", "H04L29/06"),
        ("H10K59/80*", "H01L51/52"),  # displays took a part only
        ("H10K50/00", "H01L51/50"),  # no star, and not one to one
        ("H01L51/50", "H10K50/11"),
        ("H10H20/825", "H01L33/30"),
        ("H10K50*", "H01L51/42"),
        ("H01L51/42*", "H10K50/11"),
        ("H10B41*", "H01L27/11582"),
        ("B22F10*", "B22F3/105"),
        ("G06F17*", "G06F16/33"),  # the main group still exists for what remained
        ("G06F*", "G06Q50/06"),
        ("H01*", "H10K50/11"),
        ("H04Q*", "H04W72/04"),
    ],
)
def test_a_pattern_is_not_widened_to_what_may_lie_elsewhere(pattern: str, symbol: str) -> None:
    assert not covers(pattern, symbol)
    assert not set(pattern_keys(pattern)) & set(keys(symbol))
