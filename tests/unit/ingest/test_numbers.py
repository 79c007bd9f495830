"""Publication numbers of all eras and offices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.normalise.applications import application_number
from services.ingest.normalise.numbers import WrongRecordError, publication_number
from services.ingest.normalise.record import event_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        # China: 1985 to 1988, 1989 to 1992, 1993 to 2004, 2004 to 2010, since 2010
        ("CN85100312A", "CN85100312A"),
        ("CN 86 2 00123 U", "CN86200123U"),
        ("CN 88300045 S", "CN88300045S"),
        ("CN1030001A", "CN1030001A"),
        ("CN1003001B", "CN1003001B"),
        ("CN1020584C", "CN1020584C"),
        ("CN2131635Y", "CN2131635Y"),
        ("CN3021827D", "CN3021827D"),
        ("CN100378905A", "CN100378905A"),
        ("CN100346512C", "CN100346512C"),
        ("CN200364512Y", "CN200364512Y"),
        ("CN300123456D", "CN300123456D"),
        ("CN301234567S", "CN301234567S"),
        ("CN101234567B", "CN101234567B"),
        # reprints and partial invalidity
        ("CN101234567A8", "CN101234567A8"),
        ("CN101234567B9", "CN101234567B9"),
        ("CN101234567C2", "CN101234567C2"),
        ("CN201234567Y1", "CN201234567Y1"),
        ("ＣＮ１１０００７８１３Ａ", "CN110007813A"),
        # international applications
        ("WO2024/123456 A1", "WO2024123456A1"),
        ("WO 2024123456 A1", "WO2024123456A1"),
        ("WO/2018/048995 A2", "WO2018048995A2"),
        ("WO-99/12345-A1", "WO1999012345A1"),
        ("WO0012345A1", "WO2000012345A1"),
        ("WO03100001A1", "WO2003100001A1"),
        # Europe
        ("EP 1 234 567 B1", "EP1234567B1"),
        ("EP123456A1", "EP0123456A1"),
        # United States
        ("US10,123,456B2", "US10123456B2"),
        ("US2020/0123456 A1", "US20200123456A1"),
        ("US2020123456A1", "US20200123456A1"),
        ("US6000001A", "US6000001A"),
        ("USD0845123S1", "USD845123S1"),
        ("USPP12345P2", "USPP12345P2"),
        # Japan
        ("特開2020-123456", "JP2020123456A"),
        ("JP2020-123456A", "JP2020123456A"),
        ("特開平5-123456号公報", "JPH05123456A"),
        ("特開昭60-012345", "JPS6012345A"),
        ("JPH05-123456A", "JPH05123456A"),
        ("実開平05-012345", "JPH0512345U"),
        ("JP6543210B2", "JP6543210B2"),
        # Korea
        ("KR10-2020-1234567A", "KR20201234567A"),
        ("KR20201234567A", "KR20201234567A"),
        ("KR10-1234567B1", "KR101234567B1"),
        # others as they come
        ("KR10-1814552-0000 B1", "KR101814552B1"),
        ("KR10-2012-0010000A", "KR20120010000A"),
        ("DE000004019197A1", "DE4019197A1"),
        ("RU0002727242C2", "RU2727242C2"),
        ("DE 10 2019 000 123 A1", "DE102019000123A1"),
        ("TWI123456B", "TWI123456B"),
    ],
)
def test_every_office_and_era_has_one_form(text: str, number: str) -> None:
    assert publication_number(text)[0] == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN85100312U", "kind-mismatch"),
        ("CN84100312A", "bad-number"),
        ("CN89100312A", "bad-number"),
        ("CN110007813A5", "bad-number"),
        ("CN4123456A", "kind-mismatch"),
        ("WO20181234A1", "bad-number"),
        ("WO7712345A1", "bad-number"),
        ("WO9912345678A1", "bad-number"),
        ("WOAB12345A1", "bad-number"),
        ("EP12345678A1", "bad-number"),
        ("US20201234567B2", "bad-number"),
        ("JP12345678A", "bad-number"),
        ("特許6543210", "bad-number"),  # B1 or B2: it does not say
        ("KR1020120010000C", "bad-number"),  # a publication of 2012, or registration 2012001
        ("WO2018/048995", "bad-number"),
    ],
)
def test_what_no_office_wrote_is_refused(text: str, code: str) -> None:
    with pytest.raises(WrongRecordError) as refused:
        publication_number(text)
    assert refused.value.code == code


def test_a_kind_code_kept_apart_is_joined_and_must_agree() -> None:
    assert publication_number("CN110007813", "A") == ("CN110007813A", "A")
    assert publication_number("CN110007813A", "A") == ("CN110007813A", "A")
    with pytest.raises(WrongRecordError, match="不符"):
        publication_number("CN110007813A", "B")


def test_a_source_without_kind_codes_is_taken_at_its_word_only_when_it_says_so() -> None:
    assert publication_number("WO/2018/048995", kindless=True) == ("WO2018048995", "")
    assert publication_number("US20060012774", kindless=True) == ("US20060012774", "")
    assert publication_number("KR1018145520000", kindless=True) == ("KR101814552", "")
    assert publication_number("SG11201912215S", kindless=True) == ("SG11201912215S", "")


CHINESE = st.one_of(
    st.builds(
        "CN{}{}{:05}{}".format,
        st.integers(85, 88),
        st.just(1),
        st.integers(0, 99999),
        st.sampled_from(["A", "B"]),
    ),
    st.builds("CN1{:06}{}".format, st.integers(0, 999999), st.sampled_from(["A", "B", "C"])),
    st.builds("CN2{:08}{}".format, st.integers(0, 99999999), st.sampled_from(["U", "Y"])),
    st.builds("CN3{:08}{}".format, st.integers(0, 99999999), st.sampled_from(["S", "D"])),
)
FOREIGN = st.one_of(
    st.builds("WO{}{:06}A1".format, st.integers(1978, 2100), st.integers(1, 999999)),
    st.builds("EP{:07}B1".format, st.integers(1, 9999999)),
    st.builds("US{}{:07}A1".format, st.integers(2001, 2099), st.integers(1, 999999)),
    st.builds("US{}B2".format, st.integers(1000, 99999999)),
    st.builds("JP{}{:06}A".format, st.integers(2000, 2099), st.integers(1, 999999)),
    st.builds("KR{}{:07}A".format, st.integers(1983, 2099), st.integers(1, 9999999)),
)


@given(CHINESE | FOREIGN, st.sampled_from([" ", "-", "/", "."]))
def test_a_number_in_its_form_stays_and_separators_and_case_change_nothing(number: str, separator: str) -> None:
    country, rest = number[:2], number[2:]
    loose = f"{country.lower()}{separator}{rest}"
    assert publication_number(number)[0] == publication_number(loose)[0] == number


LOOSE = st.builds(
    "{}{}{}".format,
    st.sampled_from(["CN", "US", "USD", "WO", "EP", "JP", "JPH", "KR", "DE", "TWI"]),
    st.from_regex(r"[0-9 /.-]{2,14}", fullmatch=True),
    st.sampled_from(["", "A", "A1", "B", "B2", "U", "S1", "C"]),
)


@given(text=LOOSE, kindless=st.booleans())
def test_what_is_accepted_once_is_accepted_again_unchanged(text: str, *, kindless: bool) -> None:
    try:
        number, kind = publication_number(text, kindless=kindless)
    except WrongRecordError:
        return
    assert publication_number(number, kindless=kindless) == (number, kind)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("85100312", "CN", "85100312.5"),
        ("CN201620067000.8", "CN", "201620067000.8"),
        ("2016200670008", "CN", "201620067000.8"),
        ("CN2016200670008", "CN", "201620067000.8"),
        ("ZL201620067000.8", "CN", "201620067000.8"),
        ("201780055380.1", "CN", None),  # the check digit is another
        ("201240123456", "CN", None),  # there is no kind of protection 4
        ("84100312", "CN", None),
        ("198510031234", "CN", None),  # twelve digits since 2003
        ("PCT/US2017/050419", "WO", "PCT/US2017/050419"),
        ("PCT/CN99/00123", "CN", "PCT/CN1999/000123"),
        ("15/259,754", "US", "US15259754"),
        ("11217391", "US", "US11217391"),
        ("CN201620067000.8", "US", "201620067000.8"),
        ("17777680.1", "EP", "EP17777680"),
        ("1.1217E+07", "US", None),
        ("10367875", "WO", None),
        ("-", "US", None),
    ],
)
def test_application_numbers_of_all_forms(text: str, country: str, number: str | None) -> None:
    assert application_number(text, country) == number


@pytest.mark.parametrize(
    ("kind", "number", "event"),
    [
        ("A", "CN110007813A", "publication"),
        ("C", "CN1020584C", "grant"),
        ("A", "US6000001A", "grant"),
        ("A1", "US20200123456A1", "publication"),
        ("U", "JPH0512345U", "publication"),
        ("U", "JP3123456U", "grant"),
        ("", "WO2018048995", "publication"),
    ],
)
def test_the_kind_code_tells_publication_from_grant(kind: str, number: str, event: str) -> None:
    assert event_of(kind, number) == event
