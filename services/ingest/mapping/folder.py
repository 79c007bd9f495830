"""The folder of mapping files: looked at before every input, so that a new file counts at once."""

from typing import TYPE_CHECKING

from services.ingest.formats.tables.layout import NOTHING_WRITTEN, Layout, Written
from services.ingest.mapping.files import read_mapping
from shared.errors import InvalidInputError
from shared.logs import get_logger

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILES = 200

log = get_logger("ingest")


class MappingFolder:
    """Reads what changed since it last looked.

    Attributes:
        problems: what is wrong with files that were left out, for people.
    """

    def __init__(self, path: "Path") -> None:
        self.problems: list[str] = []
        self._path = path
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._written = NOTHING_WRITTEN

    def __call__(self) -> Written:
        """Return the tables that are written down; a file that is wrong is told in the log, once, and left out."""
        try:
            files = sorted(file for file in self._path.glob("*.toml") if not file.name.startswith("."))[:MAX_FILES]
            seen = tuple((file.name, (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files)
        except OSError:
            return self._written
        if seen != self._seen:
            self._seen = seen
            self._read(files)
        return self._written

    def _read(self, files: "list[Path]") -> None:
        self.problems = []
        layouts: list[Layout] = []
        for file in files:
            try:
                layouts.append(read_mapping(file))
            except InvalidInputError as error:
                self.problems.append(str(error))
                log.warning("mapping_refused", file=file.name, reason=str(error))
        self._written = Written(tuple(layouts))
