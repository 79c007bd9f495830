"""The contract's Publication, one JSON object a line, or one object alone (docs/sources.md, "Publication JSON Lines")."""

import re
from pathlib import Path

import msgspec

from services.ingest.formats.lines import MAX_LINE_BYTES, UTF8_BOM, newline_of, read_blocks
from services.ingest.normalise.applicants import completed
from services.ingest.normalise.applications import application_number
from services.ingest.normalise.ipc import ipc_symbols
from services.ingest.normalise.numbers import WrongRecordError, publication_number
from services.ingest.normalise.text import clean
from services.ingest.records import Document, Item, Items, Parsed, Rejected
from shared.wire.publication import Publication

NAME = "publication-jsonl"
MAX_TITLE_CHARACTERS = 2000

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
        for first, block in read_blocks(stream, document.spool, newline := newline_of(head)):
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
    number, kind = publication_number(publication.publication_number)
    if kind != publication.kind:
        raise WrongRecordError(
            "kind-mismatch", f"公开号 {number} 与 kind“{publication.kind[:10]}”不符；两者的种类码必须相同。"
        )
    title = clean(publication.title)
    if not title or len(title) > MAX_TITLE_CHARACTERS:
        problem = "没有名称" if not title else f"名称有 {len(title)} 字，过长"
        raise WrongRecordError("bad-title", f"{number} {problem}；请核对原始数据。")
    return msgspec.structs.replace(
        publication,
        publication_number=number,
        title=title,
        application_number=_application_number(publication.application_number),
        applicants=tuple(map(completed, publication.applicants)),
        ipc=tuple(dict.fromkeys(symbol for text in publication.ipc for symbol in ipc_symbols(text))),
        source=publication.source or NAME,
    )


def _application_number(text: str | None) -> str | None:
    # Whoever writes the contract's form has normalised already, and answers for the check digit.
    return text if text and _NORMAL_APPLICATION.fullmatch(text) else application_number(text)


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
