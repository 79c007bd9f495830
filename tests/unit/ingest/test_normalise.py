from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.normalise.applicants import applicants_of, split_address
from services.ingest.normalise.applications import application_number, check_digit
from services.ingest.normalise.dates import parse_date
from services.ingest.normalise.ipc import ipc_symbols, locarno_classes
from services.ingest.normalise.names import split_names
from services.ingest.normalise.numbers import WrongRecordError, publication_number
from services.ingest.normalise.text import clean, paragraphs, script_language


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("CN110007813A", "CN110007813A", "A"),
        ("cn 110007813 a", "CN110007813A", "A"),
        ("CN-110007813-A", "CN110007813A", "A"),
        ("CN209078969U", "CN209078969U", "U"),
        ("CN305246987S", "CN305246987S", "S"),
        ("CN85100312A", "CN85100312A", "A"),
        ("CN1234567C", "CN1234567C", "C"),
        ("US10123456B2", "US10123456B2", "B2"),
        ("WO2019123456A1", "WO2019123456A1", "A1"),
    ],
)
def test_a_publication_number_is_upper_case_without_separators(text: str, number: str, kind: str) -> None:
    assert publication_number(text) == (number, kind)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no-number"),
        ("1.1E+08", "bad-number"),
        ("CN110007813", "bad-number"),
        ("CN11A", "bad-number"),
        ("CNABCDEFGHA", "bad-number"),
        ("CN110007813U", "kind-mismatch"),
        ("CN209078969A", "kind-mismatch"),
        ("CN305246987B", "kind-mismatch"),
    ],
)
def test_what_is_no_publication_number_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(WrongRecordError) as refused:
        publication_number(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("201910302430.1", "201910302430.1"),
        ("CN201910302430.1", "201910302430.1"),
        ("2019103024301", "201910302430.1"),
        ("201210003670X", "201210003670.X"),
        ("201210003670x", "201210003670.X"),
        ("ZL 2009 1 0190429.0", "200910190429.0"),
        ("85100312", "85100312.5"),
        ("200910190429", "200910190429.0"),
        ("200910190429.1", None),
        ("2.02E+12", None),
        ("2.01785E+11", None),
        ("102009000190429", None),
        ("", None),
        (None, None),
    ],
)
def test_an_application_number_has_its_check_digit_or_is_absent(text: str | None, number: str | None) -> None:
    assert application_number(text) == number


@given(st.integers(10**11, 10**12 - 1).map(str), st.integers(0, 11), st.integers(0, 9).map(str))
def test_the_check_digit_finds_every_single_wrong_digit(digits: str, at: int, wrong: str) -> None:
    other = digits[:at] + wrong + digits[at + 1 :]
    assert (check_digit(digits) == check_digit(other)) == (digits == other)


@pytest.mark.parametrize(
    "text",
    [
        *("2019.07.09", "2019-07-09", "2019/7/9", "20190709", "2019年7月9日", " 2019.07.09 ", "2019.7.9"),
        *("09.07.2019", "9.7.2019", "Jul 9, 2019", "July 9 2019", "9 July 2019", "09-Jul-2019", "9th July 2019"),
        *("2019-07-09T10:15:00Z", "2019-07-09 00:00:00", "Tue, 09 Jul 2019 08:00:00 GMT", "2019-07-09T10:15:00+08:00"),
    ],
)
def test_dates_of_all_forms_are_read(text: str) -> None:
    assert parse_date(text) == date(2019, 7, 9)


@pytest.mark.parametrize(
    "text",
    [
        "2019.02.29",
        "2019.13.01",
        "20190700",
        "0",
        "",
        "2019",
        "9999.01.01",
        "1200.01.01",
        "x",
        "07/09/2019",
        "43655",
        "09.13.2019",
        "Foo 9, 2019",
        "2019-07-09" + " " * 50 + "x",
    ],
)
def test_what_is_no_date_is_absent(text: str) -> None:
    assert parse_date(text) is None


def test_29_february_of_a_leap_year_is_a_date() -> None:
    assert parse_date("20200229") == date(2020, 2, 29)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("中兴通讯股份有限公司", ("中兴通讯股份有限公司",)),
        ("昆山国显光电有限公司;??清华大学;", ("昆山国显光电有限公司", "清华大学")),
        ("甲公司；\u2002乙公司;\u3000甲公司", ("甲公司", "乙公司")),
        ("惠普发展公司，有限责任合伙企业", ("惠普发展公司，有限责任合伙企业",)),
        ("邦&amp;奥夫森公司", ("邦&奥夫森公司",)),
        (";;", ()),
        ("", ()),
    ],
)
def test_names_are_split_at_semicolons_and_freed_of_junk(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("text", "address", "postcode"),
    [
        ("518057广东省深圳市南山区", "广东省深圳市南山区", "518057"),
        ("518129 广东省深圳市龙岗区", "广东省深圳市龙岗区", "518129"),
        ("法国巴黎", "法国巴黎", None),
        ("510000", None, "510000"),
        ("5100001号", "5100001号", None),
        ("", None, None),
    ],
)
def test_a_postcode_is_taken_off_its_address(text: str, address: str | None, postcode: str | None) -> None:
    assert split_address(text) == (address, postcode)


def test_the_address_belongs_to_the_first_applicant() -> None:
    first, second = applicants_of(("甲公司;??乙公司",), ("510000广东省广州市天河区五山路",))
    assert (first.postcode, first.region, first.address) == ("510000", "440106", "广东省广州市天河区五山路")
    assert (second.name, second.address, second.region) == ("乙公司", None, None)
    assert applicants_of((" ;",), ("510000广东省",)) == ()


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("G01C21/00(2006.01)I;??H04W8/26(2009.01)I  ", ("G01C21/00", "H04W8/26")),
        ("H04L   27/26    (2006.01)", ("H04L27/26",)),
        ("g01c21/00;G01C21/00", ("G01C21/00",)),
        ("H01M0010/0525", ("H01M10/0525",)),
        ("A47K13/00(2006.01)I;\u2002B62D1/04", ("A47K13/00", "B62D1/04")),
        ("H01M", ("H01M",)),
        ("H01M10", ("H01M10",)),
        ("", ()),
        ("无", ()),
    ],
)
def test_ipc_symbols_have_no_spaces_no_version_and_no_doubles(text: str, symbols: tuple[str, ...]) -> None:
    assert ipc_symbols(text) == symbols


def test_locarno_classes_of_designs_lose_their_edition() -> None:
    assert locarno_classes("01-01 (12);??9-03 (11)  ") == ("01-01", "09-03")
    assert locarno_classes("1-01 (12);01-01 (11)") == ("01-01",)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("一种电池", "一种电池"),
        (" 一种\u3000\u3000电池\n", "一种 电池"),
        ("一种\x07电\ufeff池", "一种电池"),
        ("Q&amp;P980钢", "Q&P980钢"),
        ("Q&P980钢", "Q&P980钢"),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ('<p id="p-0001" num="0000">一种电池</p><p>另一种</p>', "一种电池\n另一种"),
        ("第一段\r\n\r\n第二段", "第一段\n第二段"),
        ("若 a<b 且 c>d，则 H<sub>2</sub>O", "若 a<b 且 c>d，则 H2O"),
        ("温度&lt;5℃", "温度<5℃"),
        ("", ""),
    ],
)
def test_longer_texts_keep_their_paragraphs_and_lose_the_markup(text: str, cleaned: str) -> None:
    assert paragraphs(text) == cleaned


@pytest.mark.parametrize(
    ("text", "language"), [("电池", "zh"), ("電池のセル", "ja"), ("배터리", "ko"), ("Battery", "und"), ("", "und")]
)
def test_the_script_tells_the_language_where_it_can(text: str, language: str) -> None:
    assert script_language(text) == language


@given(st.text())
def test_cleaning_twice_is_cleaning_once_but_for_entities_in_entities(text: str) -> None:
    text = text.replace("&", "")
    assert clean(clean(text)) == clean(text)
