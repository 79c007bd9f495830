"""The contract's Publication, one JSON object a line, or one object alone (docs/sources.md, "Publication JSON Lines")."""

import re
from datetime import date
from pathlib import Path

import msgspec

from services.ingest.formats.lines import MAX_LINE_BYTES, UTF8_BOM, newline_of, read_blocks
from services.ingest.normalise.applicants import completed
from services.ingest.normalise.applications import application_number
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord, publication_of
from services.ingest.records import Document, Item, Items, Parsed, Rejected
from shared.wire.publication import Publication

NAME = "publication-jsonl"

_NORMAL_APPLICATION = re.compile(r"(?:[0-9]{12}|[0-9]{8})\.[0-9X]")

_decoder = msgspec.json.Decoder(Publication)


def recognises(head: bytes) -> bool:
    """Whether it begins as JSON."""
    return head.removeprefix(UTF8_BOM).lstrip()[:1] in {b"{", b"["}


def read(document: Document, head: bytes) -> Items:
    """Yield the publications, line by line."""
    if head.removeprefix(UTF8_BOM).lstrip().startswith(b"["):
        yield document.refuse("json-array", "这是一个 JSON 数组；请改为每行一个对象（JSON Lines）。", format_name=NAME)
        return
    whole = document.read(head, MAX_LINE_BYTES)
    if len(whole) <= MAX_LINE_BYTES and (single := _single(whole)):
        yield parse_object(single, document.location)
        return
    with document.open() as stream:
        for first, _, block in read_blocks(stream, document.spool, newline := newline_of(head)):
            if isinstance(block, Path):
                yield _refuse(block, document.at(f"line {first}"), "line-too-long", "这一行超过 1 MiB，不像一条记录。")
                continue
            for number, line in enumerate(block.split(newline), first):
                if line.strip(b"\r \t\xef\xbb\xbf"):
                    yield parse_object(line, document.at(f"line {number}"))


def parse_object(line: bytes, location: str) -> Item:
    """Read one object; unknown keys are ignored."""
    try:
        publication = _decoder.decode(line.removeprefix(UTF8_BOM))
        return Parsed(_normal(publication), location)
    except WrongRecordError as error:
        return _refuse(line, location, error.code, str(error))
    except msgspec.ValidationError as error:
        return _refuse(line, location, "bad-shape", f"字段不符合约定（{error}）；请对照 Publication 的定义修改。")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _refuse(line, location, "bad-json", f"不是合法的 JSON（{error}）；请检查这一行。")


def _normal(publication: Publication) -> Publication:
    """Return the publication as `publication_of` makes it; what only the contract's form tells stays as it is written."""
    return msgspec.structs.replace(
        publication_of(_raw(publication)),
        application_number=_application_number(publication.application_number, publication.publication_number[:2]),
        applicants=tuple(map(completed, publication.applicants)),
    )


def _raw(publication: Publication) -> RawRecord:
    people = publication.applicants
    return RawRecord(
        source=publication.source or NAME,
        publication_number=publication.publication_number,
        title=publication.title,
        kind=publication.kind,
        kindless=not publication.kind,
        published_on=_day(publication.published_on),
        filed_on=_day(publication.filed_on),
        application_number=publication.application_number or "",
        family_id=publication.family_id or "",
        abstract=publication.abstract or "",
        claim=publication.claim or "",
        applicants=tuple(one.name for one in people),
        addresses=tuple(f"{one.postcode or ''} {one.address or ''}".strip() for one in people),
        regions=tuple(one.region or one.country or "" for one in people),
        inventors=publication.inventors,
        agency=publication.agency or "",
        ipc=publication.ipc,
        locarno=publication.locarno,
        event=publication.event,
        event_on=_day(publication.event_on),
        event_detail=publication.event_detail or "",
        lang=publication.lang,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _application_number(text: str | None, country: str) -> str | None:
    # Whoever writes the contract's form has normalised already, and answers for the check digit.
    return text if text and _NORMAL_APPLICATION.fullmatch(text) else application_number(text, country or "CN")


def _single(whole: bytes) -> bytes | None:
    """Return the content when it is one JSON object over several lines."""
    text = whole.removeprefix(UTF8_BOM).strip()
    if b"\n" not in text and b"\r" not in text:
        return text
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return text if isinstance(value, dict) else None


def _refuse(raw: bytes | Path, location: str, code: str, reason: str) -> Rejected:
    return Rejected(raw=raw, location=location, reason_code=code, reason=reason, format=NAME)
