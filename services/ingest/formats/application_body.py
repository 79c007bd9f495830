"""Files of an application, ``cn-application-body``: text that arrives apart (docs/sources.md, "CNIPA application bodies")."""

import re
from functools import partial
from typing import TYPE_CHECKING

from services.ingest.formats.xml_elements import by_name, child, children, paragraphs, text
from services.ingest.formats.xml_records import whole_documents
from services.ingest.formats.xml_root import root_name
from services.ingest.normalise.applications import CHECK_HOLDS, judged_application
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord
from shared.wire.identity import APPLICATION_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from services.ingest.records import Document, Items

NAME = "cnipa-body"

_ROOT = "cn-application-body"
_CLAIMS, _DESCRIPTION, _DRAWINGS, _ABSTRACT = "cn-claims", "description", "cn-drawings", "cn-abstract"
_CALLED = {_CLAIMS: "权利要求书", _DESCRIPTION: "说明书", _DRAWINGS: "说明书附图", _ABSTRACT: "摘要"}
_ABSTRACT_DRAWING = "摘要附图"

_FILE_NAME = re.compile(
    r"(?<![0-9a-z])application_((?:[0-9]{12}|[0-9]{8})[0-9x])_[0-9]{6}(?:_([0-9a-z]+))?(?![0-9a-z])", re.IGNORECASE
)
"""Application number with its check digit, code of the kind of file, number of the file."""

_FOLDER_NAME = re.compile(r"(?:CN|ZL)?(?:[0-9]{12}|[0-9]{8})\.?[0-9X]", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    """Whether the root is the body of an application."""
    return root_name(head) == _ROOT


def read(document: "Document", head: bytes) -> "Items":
    """Yield the text of a file, under the application number that its name tells."""
    return whole_documents(
        document, head, NAME, partial(_raw_record, place=f"{document.input_name}/{document.location}")
    )


def _raw_record(root: "etree._Element", *, place: str) -> RawRecord:
    """Return what a body says.

    Args:
        root: of the file.
        place: names of the input, of folders and entries in it, and of the file itself, with strokes between.

    Raises:
        WrongRecordError: it holds no part of an application, or no name tells of which one it is.
    """
    parts = by_name(root)
    called = _called(parts)
    number, file_number = application_in(place, called)
    abstract, claims, description = (
        next(iter(parts.get(name, ())), None) for name in (_ABSTRACT, _CLAIMS, _DESCRIPTION)
    )
    return RawRecord(
        source=NAME,
        publication_number="",
        application_number=number,
        title=text(child(description, "invention-title")),
        abstract=paragraphs(children(abstract, "p")),
        claim=text(child(claims, "claim")),
        event=APPLICATION_TEXT,
        event_detail=f"{called} {file_number}",
        lang="zh",
    )


def application_in(place: str, called: str) -> tuple[str, str]:
    """Return the application number as a name tells it, its check digit verified, and the file's own number, ``""`` for none.

    A file is called ``application_2010102412224_100002_DA000002391715.xml``, or lies in a folder that is called as the number.

    Args:
        place: the names, with strokes between.
        called: what is in the file, for people.

    Raises:
        WrongRecordError: no name tells one, one is wrong, or two differ.
    """
    names = place.split("/")
    files = [found for name in names for found in _FILE_NAME.finditer(name)]
    in_files = [found[1] for found in files]
    numbers: dict[str | None, str] = {}
    for written in (*in_files, *filter(_FOLDER_NAME.fullmatch, names)):
        number, rule = judged_application(written.upper(), "CN")
        if rule == CHECK_HOLDS:
            numbers[number] = written
        elif written in in_files:
            raise WrongRecordError(
                "bad-number",
                f"文件名里的申请号 {written} 不成立（{rule.removesuffix('，留空')}）；请核对文件名，再重新放入。",
            )
    if not numbers:
        raise WrongRecordError(
            "no-application-number",
            f"这是申请文件的{called}（cn-application-body），文件里没有申请号，文件名里也没有；"
            "请用 application_申请号_文件种类_文件编号.xml 作文件名，或放进以申请号命名的文件夹，再重新放入。",
        )
    if len(numbers) > 1:
        raise WrongRecordError(
            "bad-number", f"文件名和文件夹写着不同的申请号（{'、'.join(numbers.values())}）；请核对后再放入。"
        )
    return next(iter(numbers.values())), (files[-1][2] or "").upper() if files else ""


def _called(parts: "Mapping[str, list[etree._Element]]") -> str:
    """Return what is in a file, for people.

    Raises:
        WrongRecordError: nothing of an application is.
    """
    called = [said for name, said in _CALLED.items() if name in parts]
    if not called:
        raise WrongRecordError(
            "wrong-root", f"{_ROOT} 里没有权利要求书、说明书、附图或摘要；文件可能不完整，请从来源重新下载。"
        )
    if called == [_CALLED[_ABSTRACT]] and not any(children(one, "p") for one in parts[_ABSTRACT]):
        called = [_ABSTRACT_DRAWING]
    return "、".join(called)
