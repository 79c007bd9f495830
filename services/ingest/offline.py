"""Parsing without bus or store: what ``zhitui parse`` does."""

import base64
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from services.ingest.classify import Hashed, Outcome, classify
from services.ingest.containers import shown
from services.ingest.formats.tables.layout import NOTHING_WRITTEN, Written
from services.ingest.reader import Reading
from services.ingest.records import Rejected, shown_name
from shared.wire.content import content_hash
from shared.wire.identity import item_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.ingest.records import Item

BATCH_RECORDS = 2000
_SHOWN_RAW_BYTES = 1024 * 1024
_CACHE_KIB = 48 * 1024
_DIGITS = 16
"""Of a content hash: 64 bits are plenty where only the contents of one number are told apart."""

_encoder = msgspec.json.Encoder()


@dataclass(slots=True)
class Summary:
    """What became of everything that was read; ``read`` is the sum of the other four."""

    accepted: int = 0
    unchanged: int = 0
    corrected: int = 0
    rejected: int = 0
    reasons: dict[str, tuple[int, str]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """All records."""
        return self.accepted + self.unchanged + self.corrected + self.rejected

    @property
    def beside(self) -> str:
        """Which files were no data and were left out, for people; ``""`` for none."""
        return shown(self.left_out)

    @property
    def anything_parsed(self) -> bool:
        """Whether there was at least one publication."""
        return self.read > self.rejected

    def as_json(self) -> bytes:
        """Return the contract's object."""
        counts = {name: getattr(self, name) for name in ("read", "accepted", "unchanged", "corrected", "rejected")}
        return _encoder.encode(counts) + b"\n"

    def refuse(self, rejected: Rejected, name: str) -> None:
        """Count a refused record; the first of each reason is kept as the example."""
        self.rejected += 1
        place = f"{name} {rejected.location}".strip()
        count, example = self.reasons.get(rejected.reason_code, (0, f"{place}：{rejected.reason}"))
        self.reasons[rejected.reason_code] = (count + 1, example)


class Contents:
    """Number → contents seen, on disk: as many as there may be, memory does not grow.

    Keyed by the number as it is: gazettes run nearly in order, so that a batch touches a few neighbouring pages. Under a
    digest every row would touch a page of its own.
    """

    def __init__(self) -> None:
        # An empty name is a private file that SQLite removes by itself.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._connection.execute(
            "CREATE TABLE seen (number TEXT, content BLOB, PRIMARY KEY (number, content)) WITHOUT ROWID"
        )

    def known(self, numbers: "Sequence[str]") -> dict[str, set[str]]:
        """Return the contents of those that were seen."""
        marks = ",".join("?" * len(numbers))
        rows = self._connection.execute(f"SELECT number, content FROM seen WHERE number IN ({marks})", numbers)  # noqa: S608 - question marks
        known: dict[str, set[str]] = {}
        for number, content in rows:
            known.setdefault(number, set()).add(content.hex())
        return known

    def add(self, seen: "Sequence[tuple[str, str]]") -> None:
        """Remember (number, content) pairs."""
        rows = sorted((number, bytes.fromhex(content)) for number, content in seen)
        # One transaction a batch: else SQLite takes and gives up its locks for every row.
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()


def parse_files(
    paths: "Sequence[Path]", *, out: BinaryIO, rejects: BinaryIO | None, written: Written = NOTHING_WRITTEN
) -> Summary:
    """Read the paths in order; accepted and corrected publications go to ``out``, refused records to ``rejects``.

    Args:
        paths: files, archives or folders.
        out: for JSON Lines.
        rejects: the same.
        written: tables that people wrote down.
    """
    summary = Summary()
    with closing(Contents()) as contents, tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
        for path in paths:
            name = shown_name(Path(path.name))
            reading = Reading.of_path(path, Path(spool))
            reading.written = written
            items = iter(reading)
            while batch := list(islice(items, BATCH_RECORDS)):
                out.write(_publications(batch, contents, summary))
                for item in batch:
                    if isinstance(item, Rejected):
                        summary.refuse(item, name)
                        if rejects is not None:
                            rejects.write(_encoder.encode(_refused(item, name)) + b"\n")
            summary.left_out.update(reading.inventory.left_out)
    out.flush()
    return summary


def _publications(batch: "list[Item]", contents: Contents, summary: Summary) -> bytes:
    """Count a batch's publications; return those to tell as JSON Lines."""
    parsed = [
        Hashed(item, content_hash(item.publication)[:_DIGITS]) for item in batch if not isinstance(item, Rejected)
    ]
    known = contents.known([item_key(one.parsed.publication) for one in parsed])
    told = [one for one in classify(parsed, known) if one[1] is not Outcome.UNCHANGED]
    corrected = sum(outcome is Outcome.CORRECTED for _, outcome in told)
    summary.corrected += corrected
    summary.accepted += len(told) - corrected
    summary.unchanged += len(parsed) - len(told)
    contents.add([(item_key(one.parsed.publication), one.content_hash) for one, _ in told])
    return _encoder.encode_lines([one.parsed.publication for one, _ in told])


def _refused(rejected: Rejected, name: str) -> dict[str, object]:
    """Return a refused record for ``--rejects``: its raw content as text, and in base64 too where that is not exact."""
    raw = rejected.raw
    if isinstance(raw, Path):
        with raw.open("rb") as file:
            size, raw = raw.stat().st_size, file.read(_SHOWN_RAW_BYTES)
    else:
        size = len(raw)
    shown = {
        "name": name,
        "location": rejected.location,
        "kind": rejected.kind,
        "reason_code": rejected.reason_code,
        "reason": rejected.reason,
        "format": rejected.format,
        "size_bytes": size,
        "context": rejected.context,
    }
    try:
        return {**shown, "raw": raw.decode("utf-8")}
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
        return {**shown, "raw": text, "raw_base64": base64.b64encode(raw).decode("ascii")}
