"""No value, however long or strange, takes long or stays in memory."""

from time import process_time

import pytest

from services.ingest.normalise.applicants import applicants_of
from services.ingest.normalise.dates import parse_date
from services.ingest.normalise.explain import explained
from services.ingest.normalise.ipc import ipc_symbols
from services.ingest.normalise.numbers import WrongRecordError, publication_number
from services.ingest.normalise.record import RawRecord, publication_of

LENGTH = 50_000


def record(**changes: object) -> RawRecord:
    plain = {"source": "x", "publication_number": "CN301234567S", "title": "样例"}
    return RawRecord(**{**plain, **changes})  # type: ignore[arg-type]  # each test says what fits


@pytest.mark.parametrize(
    "raw",
    [
        record(applicants=("甲;乙",), addresses=(" " * LENGTH,)),
        record(applicants=("甲;乙",), regions=("\u3000" * LENGTH,)),
        record(applicants=("甲",), addresses=("广东省广州市" + "广州大道" * LENGTH,)),
        record(applicants=("(" * LENGTH,)),
        record(applicants=(") " * LENGTH,)),
        record(applicants=("A, B" + " A." * LENGTH,)),
        record(applicants=("A.·" * LENGTH,)),
        record(inventors=(";" * LENGTH,)),
        record(inventors=(" | " * LENGTH,)),
        record(application_number="1" * LENGTH),
        record(application_number="A1" * LENGTH),
        record(filed_on="jan " * LENGTH),
        record(filed_on=" " * LENGTH),
        record(ipc=("A " * LENGTH,)),
        record(locarno=("1" + " " * LENGTH,)),
        record(abstract="<p " * LENGTH),
        record(abstract="<p" + " a=" * LENGTH),
        record(abstract="<br" + " " * LENGTH),
        record(title=" x" * 900),
    ],
    ids=lambda raw: "",
)
def test_no_value_takes_longer_than_its_length(raw: RawRecord) -> None:
    begun = process_time()
    publication_of(raw)
    explained(raw)
    assert process_time() - begun < 1


@pytest.mark.parametrize("text", ["CN" + "1" * LENGTH + "AA", "CN" + "1A" * LENGTH, "特開" + "2" * LENGTH])
def test_what_is_longer_than_any_number_is_refused_at_once(text: str) -> None:
    begun = process_time()
    with pytest.raises(WrongRecordError) as refused:
        publication_number(text)
    assert refused.value.code == "bad-number"
    assert len(str(refused.value)) < 200
    assert process_time() - begun < 1


def test_overlong_values_are_not_kept() -> None:
    kept = applicants_of.cache_info().currsize, ipc_symbols.cache_info().currsize
    publication_of(
        record(publication_number="CN110007813A", applicants=("很长" * LENGTH,), ipc=("A01B1/00;" * LENGTH,))
    )
    assert (applicants_of.cache_info().currsize, ipc_symbols.cache_info().currsize) == kept


def test_a_date_is_found_between_any_number_of_blanks() -> None:
    assert str(parse_date(" " * LENGTH + "2019.07.09")) == "2019-07-09"
