"""How many of the gazette's publications from Guangzhou get their district, and whether it is the right one."""

from pathlib import Path

import pytest

from services.ingest.normalise.divisions import divisions
from services.ingest.normalise.places import places
from shared.wire.publication import Applicant

LABELS = Path(__file__).parent / "regions" / "guangzhou_300.tsv"
GUANGZHOU = "4401"
DISTRICT_DIGITS = 6

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def regions(firsts: dict[str, Applicant]) -> dict[str, str | None]:
    """Number → region."""
    return {number: one.region for number, one in firsts.items()}


@pytest.fixture(scope="module")
def addresses(firsts: dict[str, Applicant]) -> list[str]:
    return [one.address for one in firsts.values() if one.address]


def test_nearly_every_publication_from_guangzhou_gets_its_district(regions: dict[str, str | None]) -> None:
    local = [code for code in regions.values() if code and code.startswith(GUANGZHOU)]
    resolved = sum(len(code) == DISTRICT_DIGITS for code in local)
    assert len(local) > 1_300
    assert resolved / len(local) >= 0.97


def test_the_table_of_places_agrees_with_addresses_that_name_their_district_beside_the_place(
    addresses: list[str],
) -> None:
    agree = differ = 0
    for address in addresses:
        named = divisions().written_out.at_start(address, 0)
        if named is None or named[0] == GUANGZHOU or not named[0].startswith(GUANGZHOU):
            continue
        if proved := places()[GUANGZHOU].prove(address[named[1] :]):
            agree += proved[0] == named[0]
            differ += proved[0] != named[0]
    assert agree > 800
    assert differ / agree < 0.005


def test_of_300_publications_that_a_person_judged_hardly_one_is_wrong(regions: dict[str, str | None]) -> None:
    labels = dict(line.split("\t") for line in LABELS.read_text("utf-8").splitlines() if not line.startswith("#"))
    wrong = {number: (code, regions[number]) for number, code in labels.items() if regions[number] != code}
    assert len(labels) == 300
    assert len(wrong) <= 1
