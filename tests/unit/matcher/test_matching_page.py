"""docs/matching.md is true: its examples are run."""

from itertools import takewhile
from pathlib import Path

import pytest

from services.matcher.engine import applicants, ipc
from services.matcher.engine.bibliography import region_fits
from services.matcher.engine.scoring import FIELD_POINTS, KIND_WEIGHT
from shared.wire.profile import Term, TermMatch
from tests.unit.matcher.made import both, profile, publication

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "matching.md").read_text("utf-8")


def examples(name: str) -> list[list[str]]:
    """Return the rows of the table that the page marks with this name."""
    after = PAGE.split(f"<!-- examples: {name} -->\n", 1)[1].splitlines()[2:]
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")] for row in takewhile(lambda r: r.startswith("|"), after)
    ]
    assert rows
    return rows


@pytest.mark.parametrize(("keyword", "match", "text", "kind"), examples("terms"))
def test_a_keyword_is_found_as_the_page_says(keyword: str, match: str, text: str, kind: str) -> None:
    found = both(profile((Term(text=keyword, match=TermMatch(match)),)), publication(text))
    assert ({hit.kind.value for hit in found.evidence} if found else {"none"}) == {kind}


@pytest.mark.parametrize(("pattern", "symbol", "fits"), [*examples("ipc"), *examples("editions")])
def test_an_ipc_pattern_covers_what_the_page_says(pattern: str, symbol: str, fits: str) -> None:
    assert ipc.covers(pattern, symbol) is (fits == "yes")
    assert (both(profile(ipc=(pattern,)), publication(ipc=(symbol,))) is not None) is (fits == "yes")


@pytest.mark.parametrize(("pattern", "name", "fits"), examples("applicants"))
def test_an_applicant_pattern_fits_whom_the_page_says(pattern: str, name: str, fits: str) -> None:
    assert applicants.fits(pattern, name) is (fits == "yes")


@pytest.mark.parametrize(("pattern", "region", "fits"), examples("regions"))
def test_a_region_pattern_fits_what_the_page_says(pattern: str, region: str, fits: str) -> None:
    assert region_fits(pattern, region) is (fits == "yes")


@pytest.mark.parametrize(("keyword", "title", "abstract", "score"), examples("scores"))
def test_a_match_scores_what_the_page_says(keyword: str, title: str, abstract: str, score: str) -> None:
    found = both(profile((keyword,)), publication(title, abstract=abstract or None))
    assert found is not None
    assert found.score == float(score)


def test_the_weights_are_those_of_the_page() -> None:
    kinds = ", ".join(f"{kind.value} {weight}" for kind, weight in KIND_WEIGHT.items())
    fields = ", ".join(f"{field} {points}" for field, points in FIELD_POINTS.items())
    assert kinds in PAGE
    assert fields in PAGE
