"""What a file of the reference data becomes."""

from pathlib import Path

from services.ingest.reader import Reading
from services.ingest.records import Parsed, Rejected
from shared.wire.publication import Publication


def read(path: Path, spool: Path) -> tuple[list[Publication], list[Rejected]]:
    """Return the publications of an input, and what was refused."""
    items = list(Reading.of_path(path, spool))
    parsed = [item.publication for item in items if isinstance(item, Parsed)]
    return parsed, [item for item in items if isinstance(item, Rejected)]
