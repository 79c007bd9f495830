"""What several tests ask of the same reference data, read once."""

import pytest

from shared.wire.publication import Applicant
from tests.golden.ingest.reading import read
from tests.reference import reference


@pytest.fixture(scope="session")
def firsts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Applicant]:
    """Number → first applicant, of the gazette."""
    publications, _ = read(reference("gazette-2019-07-09"), tmp_path_factory.mktemp("spool"))
    return {one.publication_number: one.applicants[0] for one in publications}
