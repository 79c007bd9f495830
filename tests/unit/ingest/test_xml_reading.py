"""XML is read without reaching out, and without growing beyond what a record needs."""

import pytest

from services.ingest.formats.xml_elements import text, unwrapped
from services.ingest.formats.xml_reading import MAX_MARKUP, Stream, parse
from services.ingest.formats.xml_root import root_name
from services.ingest.normalise.numbers import WrongRecordError
from tests.unit.ingest.documents import document

CROWD = "".join(f" a{n}='1'" for n in range(60_000))
LAUGHS = "".join(f'<!ENTITY {new} "{f"&{old};" * 40}">' for old, new in ("ab", "bc", "cd", "de"))


def streamed(raw: bytes, *names: str) -> Stream:
    return Stream(document(raw), raw[:1000], names)


@pytest.mark.parametrize(
    "beginning",
    [
        "<a:root-1>",
        "<?xml version='1.0'?><root-1/>",
        "<!-- <b> --><?pi <c>?>\n<root-1 x='1'>",
        "<!DOCTYPE root-1 SYSTEM 'no.dtd' [ <!ELEMENT d (e)> ]><root-1>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_root_is_found_behind_whatever_may_stand_before_it(beginning: str, encoding: str) -> None:
    assert root_name(beginning.encode(encoding)) == "root-1"


@pytest.mark.parametrize("beginning", [b"", b"{}", b"a,b\n", b"<", b"<!--", b"</a>", b"<?xml?>", bytes(100)])
def test_what_is_no_xml_has_no_root(beginning: bytes) -> None:
    assert root_name(beginning) == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f'<!DOCTYPE r [<!ENTITY a "ha">{LAUGHS}]><r><x/>&e;</r>', "xml-entities"),
        (f'<!DOCTYPE r [<!ENTITY a "ha">{LAUGHS}]><r b="&e;"><x/></r>', "xml-entities"),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><x/>&a;</r>', "xml-entities"),
        ('<!DOCTYPE r [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]><r><x/></r>', "xml-entities"),
        ("<r><x/>&nbsp;</r>", "xml-entities"),
        (f"<r><x/>{'<a>' * 300}{'</a>' * 300}</r>", "bad-xml"),
        (f"<r><x/><a>{'x' * 10_000_001}</a></r>", "bad-xml"),
        (f'<r><x/><a b="{"x" * 10_000_001}"/></r>', "bad-xml"),
        (f"<r>{'<a/>' * (MAX_MARKUP + 1)}</r>", "too-large"),
        (f"<r{CROWD}><x/></r>", "too-large"),
        (f"<r><x{CROWD}/></r>", "too-large"),
        ("<r><x/></r><r><x/></r>", "several-roots"),
        ("<r><x/>", "bad-xml"),
        ("<r><x></r>", "bad-xml"),
        ("<r><x/>\x00</r>", "bad-xml"),
    ],
    ids=lambda value: value[:24],
)
def test_what_could_do_harm_is_refused_with_its_reason(content: str, code: str) -> None:
    with pytest.raises(WrongRecordError) as whole:
        parse(content.encode())
    with pytest.raises(WrongRecordError) as one_by_one:
        list(streamed(content.encode(), "x"))
    assert (whole.value.code, one_by_one.value.code) == (code, code)


def test_a_dtd_elsewhere_is_not_looked_for() -> None:
    assert parse(b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/no.dtd"><r>a</r>').text == "a"


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030"])
def test_a_chinese_encoding_is_read_with_all_characters_that_people_write_in_it(declared: str) -> None:
    raw = f'<?xml version="1.0" encoding="{declared}"?><r>镕囍㐂</r>'.encode("gb18030")
    assert parse(raw).text == "镕囍㐂"
    assert [one.text for one in streamed(raw, "r")] == ["镕囍㐂"]


def test_what_was_handed_out_is_freed_and_takes_what_stood_before_it_along() -> None:
    record = "<list><junk>j</junk><x n='1'><y/></x><!-- c --><x n='2'/>t</list>"
    stream = streamed(f"<r>{record * 50}<end/></r>".encode(), "x")
    assert [one.get("n") for one in stream] == ["1", "2"] * 50
    assert stream.root is not None
    assert len(list(stream.root.iter())) < 6


def test_an_inner_record_leaves_the_outer_one_what_it_needs() -> None:
    stream = streamed(b"<r><x><a>1</a><y>2</y><b>3</b></x></r>", "x", "y")
    told = [(one.tag, [(part.tag, part.text) for part in one]) for one in stream]
    assert told == [("y", []), ("x", [("a", "1"), ("y", None), ("b", "3")])]


def test_records_before_a_cut_are_handed_out() -> None:
    stream = iter(streamed(b"<r><x n='1'/><x n='2'/><x n='3'><a", "x"))
    assert [next(stream).get("n"), next(stream).get("n")] == ["1", "2"]
    with pytest.raises(WrongRecordError, match="截断"):
        next(stream)


def test_lines_are_joined_as_their_script_is_written() -> None:
    assert unwrapped("一种\n   电池\nwith two\r\nlines，\nend") == "一种电池with two lines，end"
    assert unwrapped(" \n ") == ""


def test_formulas_and_pictures_are_no_words_and_parts_begin_lines() -> None:
    root = parse(
        b"<c>1. A cell<sub>2</sub>, <maths><mi>x</mi></maths>having:<claim-text>an anode.</claim-text><br/>End</c>"
    )
    assert text(root) == "1. A cell2, having: an anode. End"
