"""A feed cut into its items, byte for byte, so that each is read, refused and replayed on its own."""

import re
from typing import NamedTuple

from services.ingest.formats.lines import UTF8_BOM
from services.ingest.formats.xml_root import prolog_end

_ITEM_OF_ROOT = {b"rss": b"item", b"RDF": b"item", b"feed": b"entry"}
_DECLARATION = re.compile(rb"\s*(<\?xml\b[^>]{0,200}\?>)")
_ROOT = re.compile(rb"(<((?:[\w.-]+:)?)(rss|RDF|feed)\b([^>]*)>)")
_NAMESPACES = (
    b"http://www.w3.org/2005/Atom",
    b"http://purl.org/atom/ns#",
    b"http://purl.org/rss/1.0/",
    b"http://my.netscape.com/rdf/",
)
_ROOT_WITHIN_BYTES = 8192
_LANGUAGE = re.compile(rb"<((?:[\w.-]+:)?)language>\s*([A-Za-z-]{2,20})\s*<")


class Split(NamedTuple):
    """A feed in pieces.

    Attributes:
        head: everything before the first item.
        items: each from its opening to its closing tag; one whose closing tag is missing ends where the next begins.
        before: declaration, root and language alone: put before an item, and ``after`` behind it, they make a feed.
        after: what closes such a feed.
    """

    head: bytes
    items: list[bytes]
    before: bytes
    after: bytes


def root_of(head: bytes) -> bytes | None:
    """Return the root element of a feed that begins so (``rss``, ``RDF``, ``feed``), else ``None``."""
    found = _root(head)
    if found is None:
        return None
    name, attributes = found[3], found[4]
    return name if name == b"rss" or any(one in attributes for one in _NAMESPACES) else None


def split(feed: bytes) -> Split:
    """Cut a feed that `root_of` recognised; tags inside CDATA and comments are text."""
    found = _root(feed)
    if found is None:
        return Split(feed, [], b"", b"")
    tag, prefix, root = found[1], found[2], found[3]
    spans = _spans(feed, _ITEM_OF_ROOT[root])
    head = feed[: spans[0][0]] if spans else feed
    declaration = _DECLARATION.match(feed.removeprefix(UTF8_BOM))
    language = _LANGUAGE.search(head)
    before = (declaration[1] if declaration else b"") + tag
    after = b"</" + prefix + root + b">"
    if root == b"rss":
        before += b"<channel>"
        after = b"</channel>" + after
        if language:
            before += b"<language>" + language[2] + b"</language>"
    return Split(head, [feed[start:end] for start, end in spans], before, after)


def _root(feed: bytes) -> re.Match[bytes] | None:
    head = feed[:_ROOT_WITHIN_BYTES].removeprefix(UTF8_BOM)
    return _ROOT.match(head, prolog_end(head))


def _spans(feed: bytes, name: bytes) -> list[tuple[int, int]]:
    """Return where the items begin and end."""
    token = re.compile(
        rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(/?)(?:[\w.-]+:)?%b(?=[\s/>])[^<>]*>" % name, re.DOTALL
    )
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for found in token.finditer(feed):
        if found[1] is None:
            continue
        if opened is not None:
            spans.append((opened, found.end() if found[1] else found.start()))
        opened = None if found[1] else found.start()
    if opened is not None:
        spans.append((opened, len(feed)))
    return spans
