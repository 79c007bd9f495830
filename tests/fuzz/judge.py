"""Reads one input and says what is wrong with how it was read; what is wrong with the input is its own affair."""

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.ingest import reader
from services.ingest.formats import named
from services.ingest.quarantine import quarantined
from services.ingest.reader import Reading
from services.ingest.reasons import ReasonClass, class_of
from services.ingest.records import FILE, RECORD, Parsed, Rejected
from shared.wire.content import content_hash
from shared.wire.publication import Publication
from tests.contract.made import NOW
from tests.fuzz.mutations import CANARY

LARGEST_MESSAGE_BYTES = 1024 * 1024
"""What a bus takes as one record."""

_REPLAYED = 20
"""So many refused records of an input are read alone."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Publication).decode


class Verdict(msgspec.Struct):
    """How reading went.

    Attributes:
        problems: what must not be; none when all is well.
    """

    parsed: int = 0
    rejected: int = 0
    formats: list[str] = []
    codes: set[str] = set()
    problems: list[str] = []


class _Log:
    """Stands in for the reader's log: a reader that failed is a mistake of ours, however well it was caught."""

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems

    def exception(self, event: str, **_known: object) -> None:
        self._problems.append(f"{event}: {traceback.format_exc(limit=-6)}")

    def info(self, event: str, **known: object) -> None:
        """Say nothing."""

    warning = debug = error = info


def judge(path: Path, spool: Path) -> Verdict:
    """Read an input to its end."""
    verdict = Verdict()
    reader.log = _Log(verdict.problems)  # type: ignore[assignment]
    reading = Reading.of_path(path, spool)
    for item in reading:
        if isinstance(item, Rejected):
            verdict.rejected += 1
            verdict.codes.add(item.reason_code)
            verdict.problems += _wrong_refusal(item)
            if item.kind == RECORD and verdict.rejected <= _REPLAYED:
                verdict.problems += _wrong_replay(item, spool)
        else:
            verdict.parsed += 1
            verdict.problems += _wrong_publication(item)
    verdict.formats = reading.formats
    if not verdict.parsed and not verdict.rejected:
        verdict.problems.append("nothing was read and nothing refused")
    return verdict


def _wrong_publication(item: Parsed) -> Iterator[str]:
    text = _encode(item.publication)
    if _decode(text) != item.publication:
        yield f"{item.location}: not the same after a way over the bus"
    if len(text) > LARGEST_MESSAGE_BYTES:
        yield f"{item.location}: {len(text)} bytes, too large for the bus"
    if CANARY.encode() in text:
        yield f"{item.location}: read from a file outside"
    if "\x00" in item.location or len(content_hash(item.publication)) < 16:
        yield f"{item.location!r}: odd place or digest"


def _wrong_refusal(item: Rejected) -> Iterator[str]:
    where = _where(item)
    if class_of(item.reason_code) is ReasonClass.OTHER:
        yield f"{where}: a code without a class"
    if not _CHINESE.search(item.reason) or len(item.reason) > 2000:
        yield f"{where}: no sentence for people: {item.reason[:200]!r}"
    if item.kind not in {RECORD, FILE}:
        yield f"{where}: neither a record nor a file"
    filed, _ = quarantined(item, source="fuzz", name="fuzz", now=NOW, limit_bytes=10**9)
    if CANARY.encode() in _encode(filed):
        yield f"{where}: read from a file outside"


def _wrong_replay(item: Rejected, spool: Path) -> Iterator[str]:
    """Say what is wrong with reading a refused record alone: it must be refused again, for nothing has changed."""
    known = named(item.format)
    if known is None:
        yield f"{_where(item)}: a record of no format"
        return
    content = item.raw if isinstance(item.raw, bytes) else item.raw.read_bytes()
    alone = spool / "alone"
    alone.write_bytes(known.replayable(content, item.context))
    if any(isinstance(one, Parsed) for one in Reading.of_path(alone, spool)):
        yield f"{_where(item)}: refused among others, read alone"
    alone.unlink()


def _where(item: Rejected) -> str:
    return f"{item.location[:80]} ({item.reason_code})"
