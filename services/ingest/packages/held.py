"""What an input's indexes list, held to what was met in it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.containers.contents import discard, spooled
from services.ingest.packages.listing import MAX_INDEX_BYTES, Listed, listed, looks_like_index
from services.ingest.records import FILE, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.containers.inventory import Inventory
    from services.ingest.records import Document

MAX_NUMBERS = 200_000
_TOLD_IN_REASON = 10
_TOLD_IN_CONTEXT = 1000


@dataclass(frozen=True, slots=True)
class _Index:
    location: str
    content: Path
    listed: list[Listed]


@dataclass(slots=True)
class Package:
    """One input, as a package.

    Attributes:
        inventory: which files are there.
        numbers: publication numbers of the documents that were read, the first of each.
    """

    inventory: "Inventory"
    numbers: set[str] = field(default_factory=set)
    _indexes: list[_Index] = field(default_factory=list)

    def read(self, number: str) -> None:
        """Remember that a document was read; what tells no number is no document."""
        if number and len(self.numbers) < MAX_NUMBERS:
            self.numbers.add(number)

    def take_index(self, document: "Document", head: bytes) -> bool:
        """Whether the document is an index; what it lists is remembered then, if it lies in something."""
        if not looks_like_index(head, document.location):
            return False
        content = document.read(head, MAX_INDEX_BYTES)
        found = listed(content, document.location) if len(content) <= MAX_INDEX_BYTES else []
        if found and document.location:
            self._indexes.append(_Index(document.location, spooled(content, document.spool), found))
            self.inventory.left_out["index"] += 1
        return bool(found)

    def missing(self) -> "Iterator[Rejected]":
        """Yield each index that lists what is not there."""
        for index in self._indexes:
            absent = [one for one in index.listed if not self._is_there(one)]
            if not absent:
                discard(index.content)
                continue
            names = [one.number or one.file for one in absent]
            shown = "、".join(names[:_TOLD_IN_REASON]) + ("……" if len(names) > _TOLD_IN_REASON else "")
            yield Rejected(
                raw=index.content,
                location=index.location,
                reason_code="missing-entry",
                reason=f"索引列出 {len(index.listed)} 篇，其中 {len(names)} 篇不在包里：{shown}；"
                "其余已读取，请重新下载这个包，或向来源核对。",
                kind=FILE,
                context={"missing": ";".join(names[:_TOLD_IN_CONTEXT])},
            )

    def _is_there(self, one: Listed) -> bool:
        return one.file in self.inventory.names or one.number in self.numbers
