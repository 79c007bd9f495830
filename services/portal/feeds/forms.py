"""The two forms of a feed.

Sources: RFC 4287 (Atom); jsonfeed.org/version/1.1.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from services.portal.feeds.content import Entry, Feed

AUTHOR = "知推 Zhitui"
LANGUAGE = "zh-CN"

_ATOM = "{http://www.w3.org/2005/Atom}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(feed: "Feed") -> bytes:
    """Return an Atom document in UTF-8."""
    root = etree.Element(f"{_ATOM}feed", {_LANG: LANGUAGE}, nsmap={None: _ATOM[1:-1]})  # type: ignore[dict-item]  # the stubs do not know the default namespace
    _head(root, feed.id, feed.title, feed.updated_at)
    author = etree.SubElement(root, f"{_ATOM}author")
    etree.SubElement(author, f"{_ATOM}name").text = AUTHOR
    if feed.url is not None:
        etree.SubElement(root, f"{_ATOM}link", rel="self", type=ATOM.content_type, href=feed.url)
    for entry in feed.entries:
        _atom_entry(root, entry)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def json_feed(feed: "Feed") -> bytes:
    """Return a JSON Feed 1.1 in UTF-8."""
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            **({} if feed.url is None else {"feed_url": feed.url}),
            "language": LANGUAGE,
            "authors": [{"name": AUTHOR}],
            "items": [_json_item(entry) for entry in feed.entries],
        }
    )


@dataclass(frozen=True, slots=True)
class Form:
    """How a feed is written down."""

    content_type: str
    write: "Callable[[Feed], bytes]"


ATOM = Form("application/atom+xml", atom)
JSON = Form("application/feed+json", json_feed)
FORMS = {"atom": ATOM, "json": JSON}
"""By the end of the address."""


def _atom_entry(root: etree._Element, entry: "Entry") -> None:
    element = etree.SubElement(root, f"{_ATOM}entry")
    _head(element, entry.id, f"{entry.title}（{entry.number}）", entry.told_at)
    etree.SubElement(element, f"{_ATOM}published").text = _moment(entry.told_at)
    for tag in entry.tags:
        etree.SubElement(element, f"{_ATOM}category", term=tag)
    etree.SubElement(element, f"{_ATOM}content", type="html").text = entry.html


def _head(element: etree._Element, ident: str, title: str, updated_at: "datetime") -> None:
    etree.SubElement(element, f"{_ATOM}id").text = ident
    etree.SubElement(element, f"{_ATOM}title").text = title
    etree.SubElement(element, f"{_ATOM}updated").text = _moment(updated_at)


def _json_item(entry: "Entry") -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": f"{entry.title}（{entry.number}）",
        "content_html": entry.html,
        "date_published": _moment(entry.told_at),
        "date_modified": _moment(entry.told_at),
        "tags": entry.tags,
        "_zhitui": {"publication_number": entry.number},
    }


def _moment(moment: "datetime") -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
