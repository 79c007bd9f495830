from datetime import date
from pathlib import Path

import pytest

from services.ingest.formats import feed_items, sniff
from services.ingest.formats.feed_split import root_of, split
from services.ingest.records import HEAD_BYTES, Item, Parsed, Rejected
from tests.unit.ingest.documents import document

ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">'
RSS = b'<rss version="2.0"><channel><language>en</language>'
RSS_1 = b'<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
SCOPE = "https://patentscope.wipo.int/search/en/detail.jsf?docId="


def read(raw: bytes) -> list[Item]:
    return list(feed_items.read(document(raw), raw[:HEAD_BYTES]))


def of_item(title: str, link: str = "", more: str = "") -> Item:
    (item,) = read(RSS + f"<item><title>{title}</title><link>{link}</link>{more}</item></channel></rss>".encode())
    return item


def number_of(title: str, link: str = "", more: str = "") -> str:
    item = of_item(title, link, more)
    return item.publication.publication_number if isinstance(item, Parsed) else item.reason_code


@pytest.mark.parametrize(
    ("beginning", "root"),
    [
        (RSS, b"rss"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE rss [<!ELEMENT a ANY>]>" + RSS, b"rss"),
        (ATOM, b"feed"),
        (RSS_1, b"RDF"),
        (b'<feed xmlns="urn:something-else">', None),
        (b"<rdf:RDF>", None),
        (b"<html><rss>", None),
        (b"<?x?>" * 5000, None),
    ],
)
def test_a_feed_is_known_by_its_root(beginning: bytes, root: bytes | None) -> None:
    assert root_of(beginning) == root
    assert (sniff(beginning) is not None and sniff(beginning).name == "feed") == (root is not None)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("title", "link", "number"),
    [
        ("WO/2024/123456 - PUMP", SCOPE + "WO2024123456&amp;_cid=P1", "WO2024123456"),
        ("PUMP", SCOPE + "WO2024123456", "WO2024123456"),
        ("20240012345 - PUMP", SCOPE + "US418888888", "US20240012345"),
        ("PUMP", SCOPE + "CN289110490", "no-number"),
        ("111839550 - PUMP", SCOPE + "CN289110490", "CN111839550A"),
        ("210056046 - PUMP", SCOPE + "CN289110490", "CN210056046U"),
        ("PUMP", "https://patents.google.com/patent/CN118888888A/zh", "CN118888888A"),
        ("PUMP", "https://worldwide.espacenet.com/patent/search?q=pn%3DEP3456789A1", "EP3456789A1"),
        ("[CN118888888A] 泵", "", "CN118888888A"),
        ("CN 118888888 A：泵", "", "CN118888888A"),
        ("CN118888888A 泵", "https://patents.google.com/patent/CN118888888A/en", "CN118888888A"),
        ("CN118888888A 泵", "https://patents.google.com/patent/CN118888888B/en", "bad-number"),
        ("WO/2024/123456 - PUMP", SCOPE + "WO2024123457", "bad-number"),
        ("A pump, after CN118888888A", "", "no-number"),
        ("20240012345 - PUMP", "https://example.org/20240012345", "no-number"),
        ("5G 基站 2024", "https://example.org/", "no-number"),
    ],
)
def test_a_number_counts_where_its_place_proves_it(title: str, link: str, number: str) -> None:
    assert number_of(title, link) == number


def test_labelled_lines_fill_the_fields_and_the_rest_is_the_abstract() -> None:
    text = (
        "<description><![CDATA[申请人：甲公司；乙大学<br>发明（设计）人：丙<br/>申请日：2024.02.01<p>公开（公告）日：2024年06月14日</p>"
        "IPC：H01M10/0525(2010.01)I<div>一种电池。</div>注意：这不是字段]]></description><pubDate>Sat, 15 Jun 2024 01:00:00 GMT</pubDate>"
    )
    item = of_item("CN118888888A 电池", more=text)
    assert isinstance(item, Parsed)
    one = item.publication
    assert [applicant.name for applicant in one.applicants] == ["甲公司", "乙大学"]
    assert (one.inventors, one.ipc, str(one.filed_on), str(one.published_on)) == (
        ("丙",),
        ("H01M10/0525",),
        "2024-02-01",
        "2024-06-14",
    )
    assert one.abstract == "一种电池。 注意：这不是字段"


@pytest.mark.parametrize(
    ("link", "day"),
    [(SCOPE + "WO2024123456", date(2024, 6, 13)), ("https://patents.google.com/patent/WO2024123456A1/en", None)],
)
def test_the_date_of_an_item_is_that_of_the_publication_in_patentscope_only(link: str, day: date | None) -> None:
    item = of_item("PUMP", link, "<pubDate>Thu, 13 Jun 2024 00:30:00 +0200</pubDate>")
    assert isinstance(item, Parsed)
    assert item.publication.published_on == day


def test_of_a_title_in_several_languages_the_chinese_one_is_taken() -> None:
    item = of_item("WO/2024/123456 - (EN) PUMP (FR) POMPE (ZH) 泵", SCOPE + "WO2024123456")
    assert isinstance(item, Parsed)
    assert (item.publication.title, item.publication.lang) == ("泵", "zh")


@pytest.mark.parametrize(
    "feed",
    [
        ATOM
        + b'<entry><title>PUMP</title><link href="https://patents.google.com/patent/CN118888888A/zh"/></entry>'
        + b"<entry><id>CN118888889A</id><title>PUMP</title><summary>x</summary></entry></feed>",
        RSS_1
        + b'<channel rdf:about="x"><items><rdf:Seq/></items></channel><item rdf:about="x"><title>CN118888888A PUMP</title></item>'
        + b"<item rdf:about='y'><title>CN118888889A PUMP</title></item></rdf:RDF>",
        RSS + b"<item><title>CN118888888A PUMP</title><item><title>CN118888889A R&D pump &</title></item>",
    ],
    ids=["atom", "rss-1.0", "torn"],
)
def test_every_dialect_is_read_even_when_it_is_torn(feed: bytes) -> None:
    numbers = [one.publication.publication_number for one in read(feed) if isinstance(one, Parsed)]
    assert numbers == ["CN118888888A", "CN118888889A"]


def test_an_item_that_is_refused_is_kept_to_the_byte_and_can_be_replayed_alone() -> None:
    bad = "<item><title>新闻</title></item>".encode("gbk")
    feed = (
        b'<?xml version="1.0" encoding="gb2312"?>'
        + RSS
        + bad
        + b"<item><title>CN118888888A x</title></item></channel></rss>"
    )
    refused, accepted = read(feed)
    assert isinstance(refused, Rejected)
    assert isinstance(accepted, Parsed)
    assert (refused.raw, refused.location, refused.reason_code) == (bad, "item 1", "no-number")
    mended = bad.replace("新闻".encode("gbk"), "CN118888887A 新闻".encode("gbk"))
    (again,) = read(feed_items.replayable(mended, refused.context))
    assert isinstance(again, Parsed)
    assert again.publication.title == "新闻"


def test_tags_inside_cdata_and_comments_do_not_cut() -> None:
    pieces = split(RSS + b"<!-- <item> --><item><title><![CDATA[</item><item>]]></title></item></channel></rss>")
    assert [piece[:6] + piece[-7:] for piece in pieces.items] == [b"<item></item>"]


@pytest.mark.parametrize(
    ("feed", "code"),
    [
        (b'<!DOCTYPE rss [<!ENTITY a "b">]>' + RSS + b"<item/></channel></rss>", "xml-entities"),
        (RSS + b"<item>" * 10_001, "too-large"),
        (RSS + b" " * 2 * 1024 * 1024, "too-large"),
        (RSS + b"<item><title>CN118888888A " + b"x" * 65536 + b"</title></item>", "too-large"),
        (RSS + b"<item><title>CN118888888A " + b"<b>" * 2001 + b"</title></item>", "too-large"),
    ],
    ids=["entities", "many-items", "large", "large-item", "many-tags"],
)
def test_what_would_cost_too_much_is_refused(feed: bytes, code: str) -> None:
    (item,) = read(feed)
    assert isinstance(item, Rejected)
    assert item.reason_code == code


def test_a_path_in_the_place_of_a_feed_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(RSS + b"<item><title>CN118888888A x</title></item></channel></rss>")
    assert read(str(secret).encode()) == []
