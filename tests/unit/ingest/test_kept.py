"""What dates and applicants became is kept, within limits."""

from services.ingest.normalise import applicants, dates
from services.ingest.normalise.applicants import applicants_of, applicants_of_each
from services.ingest.normalise.dates import parse_dates


def test_very_long_applicants_and_addresses_are_not_kept() -> None:
    before = len(applicants._kept)
    long = "某" * 400
    assert applicants_of_each([long], ["广州市"]) == [applicants_of((long,), ("广州市",))]
    assert len(applicants._kept) == before


def test_of_dates_only_so_many_are_kept() -> None:
    texts = [f"{year}.{month}.{day}" for year in range(1900, 1960) for month in range(1, 13) for day in range(1, 29)]
    assert all(parse_dates(texts))
    assert 0 < len(dates._kept) <= dates._kept.most < len(texts)
