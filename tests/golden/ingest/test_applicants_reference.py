"""Whether the types of the gazette's applicants are right, and how many countries are known."""

from pathlib import Path

import pytest

from shared.wire.publication import Applicant

LABELS = Path(__file__).parent / "applicants" / "types_200.tsv"

pytestmark = pytest.mark.data


def test_of_200_applicants_that_a_person_judged_hardly_one_has_the_wrong_type(firsts: dict[str, Applicant]) -> None:
    labels = dict(line.split("\t") for line in LABELS.read_text("utf-8").splitlines() if not line.startswith("#"))
    wrong = {number: (kind, firsts[number].type) for number, kind in labels.items() if firsts[number].type != kind}
    assert len(labels) == 200
    assert len(wrong) <= 1


def test_nearly_every_applicant_with_an_address_has_a_type_and_a_country(firsts: dict[str, Applicant]) -> None:
    with_address = [one for one in firsts.values() if one.address]
    assert sum(one.type is None for one in with_address) / len(with_address) < 0.001
    assert sum(one.country is None for one in with_address) / len(with_address) < 0.001
