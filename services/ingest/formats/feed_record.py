"""What one item of a feed says of a publication.

A number counts where its place proves it: an address of PATENTSCOPE, Google Patents or Espacenet, an identifier, the
beginning of the title, or a line ``公开号：…`` of the text. Numbers that contradict each other prove nothing.

PATENTSCOPE's own addresses name a document by ``docId``: that is the publication number for WO, and a number of the
house's own for everybody else (``docId=CN289110490`` is CN210056046), of which only the country counts.
"""

import html
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from services.ingest.formats.patentscope import chinese_kind
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord
from services.ingest.normalise.text import HAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NUMBER = r"[A-Z]{2}[\s./-]{0,2}\d(?:[\d,./-]|\s(?=\d)){2,15}\d(?:\s?[A-Z]\d?)?"
_WHOLE = re.compile(rf"(?:urn:\S{{0,60}}?:)?({_NUMBER})", re.IGNORECASE)
_TITLE = re.compile(rf"\s*[\[(【]?\s*({_NUMBER})\s*[\])】]?\s*(?:[-–—:：|,，]|\s)\s*(.*)", re.DOTALL)
_BARE_TITLE = re.compile(r"\s*(\d{6,13}\*?)\s+-\s+(.*)", re.DOTALL)
_ADDRESSES = (
    re.compile(r"//patents\.google\.com/patent/([A-Z]{2}\w+)", re.IGNORECASE),
    re.compile(r"espacenet\.com/(?:.*[?&/]q=(?:pn[=:])?|.*/publication/(?:pn=)?)([A-Z]{2}\d\w+)", re.IGNORECASE),
    re.compile(r"//patentscope\.wipo\.int/.*[?&]docId=(WO\d{10})\b", re.IGNORECASE),
)
_PATENTSCOPE = re.compile(r"//patentscope\.wipo\.int/.*[?&]docId=([A-Z]{2})\w+", re.IGNORECASE)
_LANGUAGE_MARK = re.compile(r"\s*\(([A-Z]{2})\)\s+")
_BREAK = re.compile(r"<(?:br|/?(?:p|div|li|tr|dd|dt))\b[^<>]*>|[\r\n]+", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LABEL = re.compile(r"\s*([^:：]{2,24}?)\s*[:：]\s*(.+)", re.DOTALL)
_MAX_ADDRESS = 2000
_LABELS = {
    "publication_number": "公开号|公告号|公开(公告)号|授权公告号|申请公布号|publication number|publication no.",
    "application_number": "申请号|application number|application no.",
    "published_on": "公开日|公告日|公开(公告)日|授权公告日|申请公布日|publication date",
    "filed_on": "申请日|filing date|application date",
    "applicants": "申请人|专利权人|申请(专利权)人|applicant|applicants|applicant(s)|assignee|assignees",
    "addresses": "地址|申请人地址|address",
    "inventors": "发明人|设计人|发明(设计)人|inventor|inventors|inventor(s)",
    "agency": "代理机构|专利代理机构",
    "ipc": "分类号|主分类号|ipc|ipc分类号|int.cl.|int.cl",
    "abstract": "摘要|abstract",
}
_FIELD_OF_LABEL = {label: field for field, labels in _LABELS.items() for label in labels.split("|")}
_SEVERAL = frozenset({"applicants", "addresses", "inventors", "ipc"})


def record_of(entry: "Mapping[str, Any]", language: str, source: str) -> RawRecord:
    """Return what an item says.

    Args:
        entry: as feedparser gives it.
        language: of the feed, ``""`` when it says none; that of a feed's titles is not always that of its frame.
        source: the format's name.

    Raises:
        WrongRecordError: it proves no number, or several.
    """
    links = [str(one.get("href", "")) for one in entry.get("links", ())]
    addresses = [unquote(one[:_MAX_ADDRESS]) for one in (*links, str(entry.get("id", "")))]
    said, abstract = _labelled(_text_of(entry))
    title, mark = _in_one_language(_plain(str(entry.get("title", ""))))
    in_title = _TITLE.match(title)
    bare = _BARE_TITLE.match(title) if in_title is None else None
    country = next((found[1].upper() for one in addresses if (found := _PATENTSCOPE.search(one))), "")
    numbers = list(_in_addresses(addresses, str(entry.get("dc_identifier", ""))[:_MAX_ADDRESS]))
    if in_title:
        numbers.append(in_title[1])
    elif bare and country:
        numbers.append(country + bare[1].rstrip("*"))
    if "publication_number" in said:
        numbers.append(said.pop("publication_number"))
    fields: dict[str, Any] = {name: (text,) if name in _SEVERAL else text for name, text in said.items()}
    if country and "published_on" not in fields:
        # Elsewhere the date of an item is the day on which somebody wrote it, not that of the publication.
        fields["published_on"] = _day(str(entry.get("published", "")))
    number = _agreed(numbers)
    if country == "CN" and (kind := chinese_kind(number.removeprefix(country), fields.get("published_on", ""))):
        fields["kind"] = kind
    return RawRecord(
        **{
            "source": source,
            "publication_number": number,
            "title": in_title[2] if in_title else bare[2] if bare and country else title,
            "abstract": abstract,
            "lang": mark or ("" if HAN.search(title) else language.partition("-")[0].lower()),
            "kindless": bool(country),
            **fields,
        }
    )


def _in_addresses(addresses: list[str], identifier: str) -> "Iterator[str]":
    for one in addresses:
        for pattern in _ADDRESSES:
            if found := pattern.search(one):
                yield found[1]
    for one in (identifier, addresses[-1]):
        if whole := _WHOLE.fullmatch(one.strip()):
            yield whole[1]


def _agreed(numbers: list[str]) -> str:
    """Return the number that all places name; the longest writing, which has the kind code.

    Raises:
        WrongRecordError: there is none, or they differ.
    """
    if not numbers:
        raise WrongRecordError(
            "no-number",
            "这一条里没有能证明的公开号（链接、标识、标题开头或“公开号：”都没有）；请换用带公开号的订阅源。",
        )
    plain = sorted({re.sub(r"[\s.,/-]+", "", one).upper() for one in numbers}, key=len)
    longest = plain[-1]
    if any(not re.fullmatch(re.escape(one) + r"(?:[A-Z]\d?)?", longest) for one in plain):
        raise WrongRecordError("bad-number", f"这一条里的公开号互相矛盾（{'、'.join(plain)[:80]}）；请核对订阅源。")
    return longest


def _text_of(entry: "Mapping[str, Any]") -> str:
    contents = [str(one.get("value", "")) for one in entry.get("content", ())]
    return max([*contents, str(entry.get("summary", ""))], key=len)


def _labelled(markup: str) -> tuple[dict[str, str], str]:
    """Return (field → text of the lines ``申请人：…``, everything else as one text)."""
    said: dict[str, str] = {}
    rest = []
    for piece in _BREAK.split(markup):
        line = _plain(piece)
        label = _LABEL.fullmatch(line)
        field = _FIELD_OF_LABEL.get(label[1].lower().translate(_HALF_WIDTH)) if label else None
        if label and field and field not in said:
            said[field] = label[2]
        elif line:
            rest.append(line)
    return said, said.pop("abstract", "") or " ".join(rest)


_HALF_WIDTH = str.maketrans("（）", "()")


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def _in_one_language(title: str) -> tuple[str, str]:
    """Return (title, language) of a title in several (``(EN) A PUMP (FR) POMPE``): Chinese, else English, else the first."""
    number, *parts = _LANGUAGE_MARK.split(title)
    if not parts:
        return title, ""
    titles = dict(zip((one.lower() for one in parts[::2]), parts[1::2], strict=True))
    mark = next((one for one in ("zh", "en") if titles.get(one)), next(iter(titles)))
    return f"{number} {titles[mark]}", mark


def _day(text: str) -> str:
    """Return the day on which an item says it was published, as its own time zone counts days."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return text[:10]
