"""How many of the gazette's publications from Guangzhou get their district, and whether it is the right one."""

from pathlib import Path

import pytest

from services.ingest.reader import Reading
from services.ingest.records import Parsed
from tests.reference import reference

LABELS = Path(__file__).parent / "regions" / "guangzhou_300.tsv"
GUANGZHOU = "4401"
DISTRICT_DIGITS = 6

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def regions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """Number → region of the first applicant."""
    items = Reading.of_path(reference("gazette-2019-07-09"), tmp_path_factory.mktemp("spool"))
    publications = (item.publication for item in items if isinstance(item, Parsed))
    return {one.publication_number: one.applicants[0].region for one in publications}


def test_nearly_every_publication_from_guangzhou_gets_its_district(regions: dict[str, str | None]) -> None:
    local = [code for code in regions.values() if code and code.startswith(GUANGZHOU)]
    resolved = sum(len(code) == DISTRICT_DIGITS for code in local)
    assert len(local) > 1_300
    assert resolved / len(local) >= 0.97


def test_of_300_publications_that_a_person_judged_hardly_one_is_wrong(regions: dict[str, str | None]) -> None:
    labels = dict(line.split("\t") for line in LABELS.read_text("utf-8").splitlines() if not line.startswith("#"))
    wrong = {number: (code, regions[number]) for number, code in labels.items() if regions[number] != code}
    assert len(labels) == 300
    assert len(wrong) <= 1
