"""What real exports of search services hold: every row is accounted for."""

from collections import Counter
from pathlib import Path

import pytest

from tests.golden.ingest.reading import read
from tests.reference import reference

pytestmark = pytest.mark.data


def test_an_export_of_pss_is_read_whole(tmp_path: Path) -> None:
    # 171 rows; 26 of them tell an application and its grant.
    publications, refused = read(reference("exports", "cnipa_pss_search_export.xlsx"), tmp_path)
    assert (len(publications), refused) == (197, [])
    assert Counter(one.kind for one in publications) == {"A": 76, "B": 26, "U": 93, "S": 2}
    assert all(one.application_number and one.published_on and one.filed_on for one in publications)
    assert all(one.abstract and one.inventors and (one.ipc or one.locarno) for one in publications)
    both = [one for one in publications if one.publication_number.startswith("CN106230122")]
    assert [(one.kind, str(one.published_on)) for one in both] == [("A", "2016-12-14"), ("B", "2018-06-15")]


def test_an_export_of_cnipr_is_read_whole(tmp_path: Path) -> None:
    publications, refused = read(reference("exports", "cnipr_trs_export.xls"), tmp_path)
    assert (len(publications), refused) == (113, [])
    assert Counter(one.kind for one in publications) == {"A": 48, "B": 36, "U": 28, "Y": 1}
    assert all(one.application_number and one.claim and one.ipc for one in publications)
    # Of one row the address proves more than the code of the province.
    assert Counter(one.applicants[0].region for one in publications) == {"33": 112, "500108": 1}


def test_a_result_list_of_patentscope_is_read_whole(tmp_path: Path) -> None:
    publications, refused = read(reference("exports", "patentscope_result_list.xls"), tmp_path)
    assert (len(publications), refused) == (613, [])
    chinese = [one for one in publications if one.publication_number.startswith("CN")]
    assert Counter(one.kind for one in chinese) == {"U": 170, "A": 99}
    assert {one.kind for one in publications if not one.publication_number.startswith("CN")} == {""}
    assert sum(one.abstract is None for one in publications) == 3
    assert not any("<p" in (one.abstract or "") for one in publications)
