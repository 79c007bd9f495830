"""Exchange documents and OPS answers: which of several writings counts, and what is told of those without a record."""

import pytest

from services.ingest.records import Parsed, Rejected
from shared.wire.publication import Publication
from tests.unit.ingest.documents import items


def read(bibliography: str, attributes: str = 'country="CN" doc-number="117000001" kind="A"') -> Publication:
    """Return what a document with this content of ``bibliographic-data`` becomes."""
    title = "" if "invention-title" in bibliography else '<invention-title lang="en">A cell</invention-title>'
    raw = f"<exchange-document {attributes}><bibliographic-data>{bibliography}{title}</bibliographic-data></exchange-document>"
    (one,) = items(raw.encode())
    assert isinstance(one, Parsed)
    return one.publication


def refused(raw: str) -> Rejected:
    (one,) = items(raw.encode())
    assert isinstance(one, Rejected)
    return one


def application(*numbers: tuple[str, str]) -> str:
    ids = "".join(
        f'<document-id document-id-type="{form}"><country>CN</country><doc-number>{number}</doc-number></document-id>'
        for form, number in numbers
    )
    return f"<application-reference>{ids}</application-reference>"


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([("docdb", "202310900001"), ("original", "202310900001.0")], "202310900001.0"),
        ([("docdb", "202310900001"), ("epodoc", "CN20231900001")], "202310900001.0"),
        ([("epodoc", "CN20231900001")], None),
        ([("docdb", "202310900001"), ("original", "202310900001.7")], None),
    ],
)
def test_a_chinese_application_number_is_the_offices_own_and_never_epodocs(
    numbers: list[tuple[str, str]], expected: str | None
) -> None:
    assert read(application(*numbers)).application_number == expected


def test_eight_digits_of_another_office_are_no_old_chinese_number() -> None:
    told = read(application(("docdb", "10167109")).replace("CN", "EP"), 'country="EP" doc-number="2400812" kind="A1"')
    assert told.application_number == "EP10167109"


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ([("de", "Zelle"), ("en", "Cell"), ("zh", "一种电池")], ("一种电池", "zh")),
        ([("de", "Zelle"), ("en", "Cell")], ("Cell", "en")),
        ([("en", "Cell"), ("ol", "一种电池")], ("一种电池", "zh")),
        ([("ol", "電池セル"), ("en", "Cell")], ("Cell", "en")),
        ([("ol", "Celle")], ("Celle", "und")),
        ([("en", ""), ("fr", "Pile")], ("Pile", "fr")),
    ],
)
def test_a_chinese_title_comes_before_an_english_one_and_that_before_others(
    titles: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    told = read("".join(f'<invention-title lang="{lang}">{title}</invention-title>' for lang, title in titles))
    assert (told.title, told.lang) == expected


def people(*named: tuple[str, str]) -> str:
    each = "".join(
        f'<applicant data-format="{form}"><applicant-name><name>{name}</name></applicant-name></applicant>'
        for form, name in named
    )
    return f"<parties><applicants>{each}</applicants></parties>"


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([("epodoc", "A CO LTD [CN]"), ("original", "A Co., Ltd.")], [("A Co., Ltd.", "CN")]),
        ([("epodoc", "A CO LTD [CN]")], [("A CO LTD", "CN")]),
        ([("original", "A CO., "), ("original", "a co.")], [("A CO.", None)]),
        ([("original", "Jia Co"), ("original", "甲公司")], [("甲公司", None)]),
        (
            [("epodoc", "A [US]"), ("epodoc", "B [JP]"), ("original", "Aa"), ("original", "Bb")],
            [("Aa", "US"), ("Bb", "JP")],
        ),
        ([("epodoc", "A [US]"), ("epodoc", "B [JP]"), ("original", "Aa")], [("Aa", None)]),
    ],
)
def test_names_are_the_applicants_own_and_a_country_is_told_where_it_is_sure_whose_it_is(
    named: list[tuple[str, str]], expected: list[tuple[str, str | None]]
) -> None:
    assert [(one.name, one.country) for one in read(people(*named)).applicants] == expected


def test_a_fault_is_told_with_what_the_service_said() -> None:
    fault = "<fault xmlns='http://ops.epo.org'><code>CLIENT.RobotDetected</code><message>Slow down</message></fault>"
    one = refused(fault)
    assert one.reason_code == "ops-fault"
    assert "CLIENT.RobotDetected Slow down" in one.reason


def test_a_fault_inside_an_answer_is_told_beside_its_records() -> None:
    good = '<exchange-document country="CN" doc-number="117000001" kind="A"><bibliographic-data><invention-title lang="en">A</invention-title></bibliographic-data></exchange-document>'
    first, second = items(
        f"<world-patent-data>{good}<fault><code>SERVER.Busy</code></fault></world-patent-data>".encode()
    )
    assert isinstance(first, Parsed)
    assert isinstance(second, Rejected)
    assert (second.reason_code, second.kind) == ("ops-fault", "file")


def test_an_answer_without_results_has_no_records() -> None:
    assert items(b"<world-patent-data><biblio-search total-result-count='0'/></world-patent-data>") == []
