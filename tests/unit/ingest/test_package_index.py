"""The index of a bulk package, in the forms it may have."""

import time

from services.ingest.packages.listing import Listed, listed, looks_like_index, number_in

FULL_TEXT = "CN102010000298420CN00001019453140BFULZH20190802CN00D.XML"
OLD_FULL_TEXT = "CN101985000100312CN00000851003120AFULZH19870211CN00E.XML"


def xml(root: str, *records: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><{root}><Head date="20190802"/>{"".join(records)}</{root}>'.encode()


def test_a_full_text_file_tells_its_publication_number() -> None:
    assert number_in(FULL_TEXT) == "CN101945314B"
    assert number_in(OLD_FULL_TEXT) == "CN85100312A"
    assert number_in("readme.xml") == ""


def test_files_in_attributes_in_texts_and_with_paths_are_listed_by_their_last_part() -> None:
    attributes = xml("x", f'<Doc file="/d/{FULL_TEXT}"/>', f'<Doc file="d\\{OLD_FULL_TEXT.lower()}"/>')
    texts = xml("x", *(f"<Doc><Name>{file}</Name><Size>9</Size></Doc>" for file in (FULL_TEXT, OLD_FULL_TEXT)))
    expected = [Listed(FULL_TEXT, "CN101945314B"), Listed(OLD_FULL_TEXT, "CN85100312A")]
    assert listed(attributes, "a.XML") == listed(texts, "a.XML") == expected


def test_documents_are_listed_by_number_and_kind_and_never_by_their_application() -> None:
    record = (
        '<b:Doc xmlns:b="urn:b"><b:ApplicationReference><b:DocNumber>201910302430</b:DocNumber></b:ApplicationReference>'
        "<b:PublicationReference><b:WIPOST3Code>CN</b:WIPOST3Code><b:DocNumber>{}</b:DocNumber><b:Kind>A</b:Kind>"
        "</b:PublicationReference></b:Doc>"
    )
    content = xml("INDEX", record.format("110007813"), record.format("110007814"))
    assert listed(content, "x.XML") == [Listed("", "CN110007813A"), Listed("", "CN110007814A")]
    assert listed(xml("索引", "<件><公开号>CN110007813A</公开号></件>"), "x.XML") == [Listed("", "CN110007813A")]


def test_documents_in_groups_are_all_listed() -> None:
    groups = (f"<Zip>{''.join(f'<F>{n}{m}.XML</F>' for m in range(3))}</Zip>" for n in range(2))
    assert [one.file for one in listed(xml("x", *groups), "a")] == [f"{n}{m}.XML" for n in range(2) for m in range(3)]


def test_a_text_of_file_names_is_an_index() -> None:
    content = f"文件清单\n{FULL_TEXT}, 45425\n{OLD_FULL_TEXT}, 17818\n".encode("gb18030")
    assert looks_like_index(content, "a.txt")
    assert [one.number for one in listed(content, "a.txt")] == ["CN101945314B", "CN85100312A"]


def test_what_lists_nothing_is_no_index() -> None:
    assert listed(xml("rss", "<item>x</item>"), "INDEX.XML") == []
    assert listed(xml("application", "<file>one.xml</file>"), "body.xml") == []
    assert listed(b"<?xml version='1.0'?><a><b", "INDEX.XML") == []
    assert not looks_like_index("只有文字\n".encode(), "readme.txt")
    assert not looks_like_index(b"\0\1 a.xml", "binary")


def test_a_long_text_without_a_blank_is_looked_through_once() -> None:
    began = time.process_time()
    assert not looks_like_index(b'{"a":' * 40_000, "a.json")
    assert not looks_like_index(b"x" * 400_000 + b".csv", "a.csv")
    assert listed(b"x" * 400_000 + b" 1.xml,2.XML", "a.txt") == [Listed("1.XML", ""), Listed("2.XML", "")]
    assert time.process_time() - began < 1.0
