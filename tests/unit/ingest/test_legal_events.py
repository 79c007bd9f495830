"""Legal events: what codes and names mean, and what notices say."""

import re
from pathlib import Path

import pytest

from services.ingest.formats.legal_events import detail, event_of_code, event_of_name, passed
from services.ingest.records import Parsed
from services.ingest.resources import rows
from shared.wire.identity import DOCUMENTS
from shared.wording.happenings import EVENT_NAMES
from tests.unit.ingest.documents import items

DOCS = Path(__file__).parents[3] / "docs" / "sources.md"


def test_no_code_is_told_twice_and_every_event_is_in_the_docs() -> None:
    codes = [(office, code) for office, code, _, _ in rows("legal_events.tsv")]
    assert len(codes) == len(set(codes)) > 60
    events = {event for _, _, event, _ in rows("legal_events.tsv")} | {
        event for _, event in rows("legal_event_names.tsv")
    }
    section = DOCS.read_text("utf-8").partition("\n## Legal events\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"`([a-z-]+)`(?=[^|]*\|)", section)) - {"event", *DOCUMENTS}
    assert told == events | {"other"}


def test_every_event_has_a_name_for_people() -> None:
    events = {row[-2] for row in rows("legal_events.tsv")} | {event for _, event in rows("legal_event_names.tsv")}
    assert events <= EVENT_NAMES.keys()


def test_no_legal_event_passes_for_a_published_document() -> None:
    assert DOCUMENTS.isdisjoint({event for _, _, event, _ in rows("legal_events.tsv")})
    assert DOCUMENTS.isdisjoint({event for _, event in rows("legal_event_names.tsv")})


def test_every_chinese_name_of_a_code_is_recognised_as_the_same_event() -> None:
    differing = {
        (code, name, event, event_of_name(name))
        for office, code, event, name in rows("legal_events.tsv")
        if office == "CN" and event_of_name(name) != event
    }
    assert differing == set()


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("转让", "transfer"),
        ("专利申请权、专利权的转移", "transfer"),
        ("专利权的转移(专利权人的变更)", "transfer"),
        ("专利实施许可合同备案的生效", "licence"),
        ("许可备案注销", "licence-end"),
        ("质押解除", "pledge-end"),
        ("专利权质押合同登记的变更", "pledge-change"),
        ("专利权的终止（未缴年费专利权终止）", "lapse"),
        ("专利权的终止专利权有效期届满", "expiry"),
        ("专利权的终止专利权的主动放弃", "abandonment"),
        ("其他有关事项(避免重复授权放弃专利权)", "abandonment"),
        ("专利权的无效宣告(专利权全部无效)", "invalidation"),
        ("专利申请或者专利权的恢复", "restoration"),
        ("发明专利申请公布后的视为撤回", "withdrawal"),
        ("发明专利申请公布后的驳回", "rejection"),
        ("著录事项变更", "change"),
        ("TR01", "transfer"),
        ("海关备案", "other"),
        ("", "other"),
    ],
)
def test_names_of_gazettes_and_search_platforms_tell_the_event(name: str, event: str) -> None:
    assert event_of_name(name) == event


def test_codes_are_of_an_office() -> None:
    assert event_of_code("CN", "TR01 ") == ("transfer", "专利权的转移")
    assert event_of_code("EP", "TR01") is None


def test_a_sentence_of_facts_says_who_passed_it_to_whom() -> None:
    assert detail("专利权的转移", [passed("甲公司", "乙公司"), "", "公告"]) == "专利权的转移：甲公司 → 乙公司；公告"
    assert detail("授权", []) == "授权"
    assert passed("", "乙公司") == "（未公告） → 乙公司"
    assert len(detail("x", ["y" * 10_000])) == 2000


def inpadoc(code: str, text: str, extra: str = "") -> tuple[str, str, str]:
    """Return (event, when, detail) of a legal event of a Chinese patent with this free text."""
    raw = f"""<world-patent-data><family-member family-id="1"><publication-reference><document-id document-id-type="docdb">
    <country>CN</country><doc-number>117000001</doc-number><kind>A</kind></document-id></publication-reference>
    <legal code="{code}" desc="SOME EVENT"><L001EP>CN</L001EP><L007EP>2025-03-18</L007EP><L008EP>{code}</L008EP>
    <L500EP>{extra}<L510EP desc="Free Format Text">{text}</L510EP></L500EP></legal></family-member></world-patent-data>"""
    (one,) = items(raw.encode())
    assert isinstance(one, Parsed)
    assert one.publication.event_detail is not None
    return one.publication.event, str(one.publication.event_on), one.publication.event_detail


def test_parties_of_a_chinese_event_are_found_in_its_free_text() -> None:
    licence = "Assignee: Invented Ltd.; Assignor: Invented University; Contract record no.: X2025440000001; License type: Common License; Record date: 20250301"
    event, when, said = inpadoc("EE01", licence)
    assert (event, when) == ("licence", "2025-03-01")
    assert said.split("；") == [
        "专利实施许可合同备案的生效：Invented University → Invented Ltd.",
        "许可种类 Common License",
        "备案号 X2025440000001",
        "CN EE01，2025-03-18 公告",
    ]


def test_the_owner_before_stands_in_the_free_text_and_the_new_one_in_a_field_of_its_own() -> None:
    told = inpadoc(
        "ASS", "FORMER OWNER: OLD CO LTD Effective date: 20110105", '<L509EP desc="OWNER">NEW CO LTD</L509EP>'
    )
    assert told == ("transfer", "2011-01-05", "专利权的继受或转让：OLD CO LTD → NEW CO LTD；CN ASS，2025-03-18 公告")


def test_a_text_without_known_keys_is_told_as_it_is() -> None:
    told = inpadoc("QQ99", "anything at all: 1")
    assert told == ("other", "2025-03-18", "SOME EVENT：说明 anything at all: 1；CN QQ99，2025-03-18 公告")
