"""XML as it comes in, read so that no file can reach out or blow up: no network, no DTD, no entities, bounded trees.

The limits of libxml2 stay on (``huge_tree=False``: 256 levels, 10 MB a text or attribute); what they leave open, a tree of
millions of tiny nodes, is bounded here by counting markup before it becomes nodes.
"""

import re
from typing import TYPE_CHECKING, Any, NoReturn, cast

from lxml import etree

from services.ingest.formats.lines import NAMES_OF_GB18030, UTF8_BOM
from services.ingest.formats.xml_elements import local
from services.ingest.formats.xml_safety import SAFE_PARSER
from services.ingest.normalise.numbers import WrongRecordError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.records import Document

MAX_BYTES = 32 * 1024 * 1024
"""Of one record, and of a file that is one."""

MAX_MARKUP = 800_000
"""So many ``<`` and ``=`` may one record hold: a node costs some 100 bytes of memory, however short it is written."""

MAX_ATTRIBUTES = 1000
"""Of one element."""

TOO_LARGE = f"XML 的一条记录超过 {MAX_BYTES // 1024**2} MiB 或 {MAX_MARKUP} 个标记，不像专利数据；请检查文件是否正确，或拆分后再放入。"

_CHUNK_BYTES = 64 * 1024
_CROWDED = etree.XPath(f"boolean(descendant-or-self::*[@*[{MAX_ATTRIBUTES + 1}]])")
_CHINESE = re.compile(
    rb"<\?xml[^>]{0,80}encoding\s*=\s*[\"'](?:%b)[\"']" % "|".join(NAMES_OF_GB18030).encode(), re.IGNORECASE
)


def parse(raw: bytes) -> etree._Element:
    """Return the root of a whole document.

    Raises:
        WrongRecordError: it cannot be read, or must not be; the message is for people.
    """
    if len(raw) > MAX_BYTES or (len(raw) > MAX_MARKUP and _markup(raw) > MAX_MARKUP):
        raise WrongRecordError("too-large", TOO_LARGE)
    # A parser of its own for each document: none of them outlives it, and no name table grows for ever.
    parser = etree.XMLParser(encoding=_encoding(raw), **SAFE_PARSER)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        _refuse(error)
    refuse_entities(root)
    if raw.count(b"=") > MAX_ATTRIBUTES:
        _refuse_crowded(root)
    return root


class Stream:
    """Elements of some names, one after the other, each complete; memory does not grow with the file.

    An element is emptied once the next one is asked for. Iterate once.

    Attributes:
        root: the root when the end was reached, without what was yielded.
    """

    def __init__(self, document: "Document", head: bytes, names: tuple[str, ...]) -> None:
        self.root: etree._Element | None = None
        self._document = document
        self._names = frozenset(names)
        self._parser = etree.XMLPullParser(
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            encoding=_encoding(head),
            **SAFE_PARSER,
        )

    def __iter__(self) -> "Iterator[etree._Element]":
        """Yield the elements in the order in which they end.

        Raises:
            WrongRecordError: the rest cannot be read; the message is for people.
        """
        markup = size = 0
        with self._document.open() as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                problem = self._feed(chunk)
                markup, size = markup + _markup(chunk), size + len(chunk)
                for _, found in self._parser.read_events():
                    element: etree._Element = cast("Any", found)
                    refuse_entities(element)
                    if markup > MAX_ATTRIBUTES:
                        _refuse_crowded(element)
                    yield element
                    self._free(element)
                    markup = size = 0
                if problem is not None:
                    _refuse(problem)
                if markup > MAX_MARKUP or size > MAX_BYTES:
                    raise WrongRecordError("too-large", TOO_LARGE)
        try:
            self.root = self._parser.close()
        except etree.XMLSyntaxError as error:
            _refuse(error)
        refuse_entities(self.root)
        _refuse_crowded(self.root)

    def _feed(self, chunk: bytes) -> Exception | None:
        """Feed a piece; what ended before an error is still there to be read."""
        try:
            self._parser.feed(chunk)
        except (etree.XMLSyntaxError, ValueError) as error:
            return error
        return None

    def _free(self, element: etree._Element) -> None:
        """Empty an element, and take away what stands before it; what an outer element holds is still needed."""
        element.clear()
        while (parent := element.getparent()) is not None and local(parent) not in self._names:
            while element.getprevious() is not None:
                del parent[0]
            element = parent


def refuse_entities(element: etree._Element) -> None:
    """Raise `WrongRecordError` when the document declares entities of its own."""
    dtd: Any = element.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise WrongRecordError("xml-entities", "XML 自己声明了实体（ENTITY），可能是攻击；出于安全不读取。")


def _refuse_crowded(element: etree._Element) -> None:
    """Refuse an element with attributes without end: they are a list in memory, and looking through it takes their square."""
    if _CROWDED(element):
        raise WrongRecordError(
            "too-large", f"XML 的一个元素有 {MAX_ATTRIBUTES} 个以上的属性，不像专利数据；请检查文件是否正确。"
        )


def _encoding(head: bytes) -> str | None:
    """Return ``gb18030`` for documents that call themselves GB2312 or GBK, and hold more than those; else ``None``."""
    return "gb18030" if _CHINESE.match(head[:200].removeprefix(UTF8_BOM).lstrip()) else None


def _markup(raw: bytes) -> int:
    return raw.count(b"<") + raw.count(b"=")


def _refuse(error: Exception) -> NoReturn:
    text = str(error)
    if "no element found" in text:
        # So lxml calls a document that libxml2 gave up; the last entry of the log says why.
        text = next((entry.message for entry in reversed(list(getattr(error, "error_log", ())))), text)
    if "Extra content" in text:
        raise WrongRecordError(
            "several-roots", "文件里有几个 XML 文档首尾相接，只读了第一个；请拆成一个文档一个文件，再重新放入。"
        ) from error
    if "ntity" in text:
        raise WrongRecordError(
            "xml-entities", f"XML 里有无法安全读取的实体（{text[:200]}）；请让来源写出字符本身。"
        ) from error
    raise WrongRecordError(
        "bad-xml", f"XML 读不通（{text[:200]}）；文件可能被截断或改动，请从来源重新下载。"
    ) from error
