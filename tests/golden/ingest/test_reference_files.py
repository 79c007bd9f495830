"""What real files hold: facts, checked on the reference data where they are."""

from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from services.ingest.normalise.record import listening
from tests.golden.ingest.reading import read
from tests.reference import reference

GOLDEN = Path(__file__).parent / "cnipa_xml"

pytestmark = pytest.mark.data


def test_the_gazette_is_read_whole(tmp_path: Path) -> None:
    publications, rejected = read(reference("gazette-2019-07-09"), tmp_path)
    assert (len(publications), rejected) == (36_956, [])
    assert Counter(one.kind for one in publications) == {"A": 13_527, "B": 4_761, "U": 13_431, "S": 5_237}
    assert Counter(one.event for one in publications) == {"publication": 13_527, "grant": 23_429}
    assert Counter(one.published_on for one in publications) == {date(2019, 7, 9): 36_946, date(2019, 7, 5): 10}
    # 5,138 application numbers survived the spreadsheet, and every one has the right check digit.
    assert sum(one.application_number is not None for one in publications) == 5_138
    assert all(one.ipc or one.locarno for one in publications)
    assert all(one.applicants and one.inventors for one in publications)
    assert not any("?" in name for one in publications for name in (*one.inventors, *(a.name for a in one.applicants)))


def test_rows_of_the_gazette_become_the_same_by_columns_as_one_by_one(tmp_path: Path) -> None:
    folder = reference("gazette-2019-07-09")
    with listening(lambda _: None):  # who listens is told of each row alone
        alone = read(folder, tmp_path)
    assert read(folder, tmp_path) == alone


def test_nearly_every_domestic_address_proves_its_city(tmp_path: Path) -> None:
    publications, _ = read(reference("gazette-2019-07-09"), tmp_path)
    levels = Counter(len(one.applicants[0].region or "") for one in publications if one.applicants[0].postcode)
    total = sum(levels.values())
    assert levels[0] == 0
    assert levels[2] / total < 0.005
    assert levels[6] / total > 0.74


def test_a_gazette_row_is_normalised(tmp_path: Path) -> None:
    publications, _ = read(reference("gazette-2019-07-09", "invention_granted.csv"), tmp_path)
    one = next(one for one in publications if one.publication_number == "CN103198070B")
    assert (one.application_number, one.filed_on, one.event) == ("201210003670.X", date(2012, 1, 6), "grant")
    assert one.ipc == ("G06F16/25",)
    assert (one.applicants[0].postcode, one.applicants[0].region) == ("100028", "110105")


@pytest.mark.parametrize("number", ["CN85100312A", "CN102025678A", "CN101945314B"])
def test_a_full_text_is_read_in_all_its_forms(number: str, tmp_path: Path) -> None:
    (one,), rejected = read(reference("cnipa-xml", f"{number}.XML"), tmp_path)
    assert rejected == []
    golden = msgspec.json.decode(GOLDEN.joinpath(f"{number}.json").read_bytes())
    told = msgspec.json.decode(msgspec.json.encode(one))
    # The golden holds facts only; of the long texts it keeps the beginning.
    assert told["abstract"].startswith(golden.pop("abstract_begins"))
    assert told["claim"].startswith(golden.pop("claim_begins"))
    assert {key: told[key] for key in golden} == golden


def test_application_bodies_are_text_of_the_application_that_their_names_tell(tmp_path: Path) -> None:
    found, rejected = read(reference("cnipa-xml"), tmp_path)
    assert [one.reason_code for one in rejected] == ["unrecognised"]  # the licence
    texts = [one for one in found if one.event == "application-text"]
    assert (len(found), len(texts), {one.publication_number for one in texts}) == (12, 9, {""})
    told = {
        (one.application_number, one.event_detail): (one.title[:6], (one.abstract or "")[:6], (one.claim or "")[:6])
        for one in texts
    }
    assert told == {
        ("201010241222.4", "权利要求书 DA000002391714"): ("", "", "“J型”水封"),
        ("201010241222.4", "说明书 DA000002391715"): ("“J型”水封", "", ""),
        ("201010241222.4", "说明书附图 DA000002391716"): ("", "", ""),
        ("201010241222.4", "摘要 DA000002391717"): ("", "本发明涉及一", ""),
        ("201010241222.4", "摘要附图 DA000002391718"): ("", "", ""),
        ("201810392222.0", "权利要求书 DA000164371417"): ("", "", "一种血液灌流"),
        ("201810392222.0", "说明书 DA000164371418"): ("一种血液灌流", "", ""),
        ("201810392222.0", "说明书附图 DA000164371419"): ("", "", ""),
        ("201810392222.0", "摘要 DA000164371420"): ("", "本发明提供了", ""),
    }
