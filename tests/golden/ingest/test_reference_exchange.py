"""What recorded answers of EPO OPS hold, counted a second time with bare lxml."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from services.ingest.records import Rejected
from shared.wire.publication import Publication
from tests.golden.ingest.reading import read
from tests.reference import reference

pytestmark = pytest.mark.data

WITH_BIBLIOGRAPHY = ("get_biblio", "get_biblio_multiple", "get_family_with_biblio", "search_with_constituent")


def read_answer(name: str, spool: Path) -> tuple[etree._Element, list[Publication], list[Rejected]]:
    """Return the root of an answer, and what becomes of it."""
    path = reference("ops", f"patentdev_{name}.xml")
    return etree.parse(path).getroot(), *read(path, spool)


def said(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


@pytest.mark.parametrize("name", WITH_BIBLIOGRAPHY)
def test_every_document_of_an_answer_is_a_publication(name: str, tmp_path: Path) -> None:
    root, publications, rejected = read_answer(name, tmp_path)
    documents = list(root.iter("{*}exchange-document"))
    assert rejected == []
    assert [(one.kind, one.family_id) for one in publications] == [
        (one.get("kind"), one.get("family-id")) for one in documents
    ]
    for one, document in zip(publications, documents, strict=True):
        # The zero that DOCDB leaves away from American numbers is put back.
        number = "{country}{doc-number}{kind}".format_map(document.attrib)
        assert one.publication_number.replace("US20120", "US2012") == number
        titles = {title.get("lang"): said(title).strip() for title in document.iter("{*}invention-title")}
        assert one.title == titles.get("en", titles.get("ol"))
        assert (one.abstract is None) == (document.find("{*}abstract") is None)
        published = document.findtext("{*}bibliographic-data/{*}publication-reference/{*}document-id/{*}date")
        assert one.published_on == date.fromisoformat(str(published))
        assert one.filed_on is not None
        assert one.applicants
        assert one.inventors
        symbols = {"".join(said(symbol).split()) for symbol in document.iter("{*}classification-ipcr")}
        assert len(one.ipc) == len(symbols) > 0
        assert all(any(symbol.startswith(found) for symbol in symbols) for found in one.ipc)


def test_names_are_those_of_the_document_and_not_their_transcription(tmp_path: Path) -> None:
    _, publications, _ = read_answer("search_with_constituent", tmp_path)
    assert [one.applicants[0].name for one in publications] == [
        "SIEMENS GAMESA RENEWABLE ENERGY A/S",
        "SIEMENS ENERGY GLOBAL GMBH & CO. KG",
        "Siemens Energy AS",
    ]
    assert [one.lang for one in publications] == ["en", "en", "und"]


def test_a_search_without_bibliography_is_told(tmp_path: Path) -> None:
    root, publications, (rejected,) = read_answer("search", tmp_path)
    count = len(root.findall(".//{*}search-result/{*}publication-reference"))
    assert (publications, rejected.reason_code, rejected.kind) == ([], "no-bibliography", "file")
    assert f" {count} 个号码" in rejected.reason


def test_every_legal_event_is_an_item_of_its_own(tmp_path: Path) -> None:
    root, events, rejected = read_answer("get_legal", tmp_path)
    legal = list(root.iter("{*}legal"))
    assert rejected == []
    assert len(events) == len(legal) == 69
    assert {one.publication_number for one in events} == {"EP2400812A1"}
    for event, element in zip(events, legal, strict=True):
        effective = element.findtext(".//{*}L525EP") or element.findtext("{*}L007EP")
        assert str(event.event_on).replace("-", "") == str(effective).replace("-", "")
        assert event.event_detail is not None
        assert f"EP {element.get('code', '').strip()}，{element.findtext('{*}L007EP')} 公告" in event.event_detail
    lapses = sum(one.get("code") == "PG25" for one in legal)
    assert Counter(one.event for one in events) == {
        "lapse": lapses,
        "examination": 2,
        "change": 1,
        "other": 66 - lapses,
    }
