"""Documents of any kind as stores and backups keep them: text, sealed where the kind says so, and beside it what they are found by."""

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from shared.store.filed import Filed

if TYPE_CHECKING:
    from shared.secret_box import SecretBox
    from shared.store.filed import Kind

D = TypeVar("D", bound=msgspec.Struct)


class FiledRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it lies in a store.

    Attributes:
        owner: see `Kind`, as ``order``, ``lookups`` and ``expires_at``; lookups in any order, none twice.
        text: the document as JSON, or that sealed.
    """

    id: str
    owner: str = ""
    order: str = ""
    lookups: tuple[str, ...] = ()
    expires_at: datetime | None = None
    revision: int = 1
    text: str


_OPENED_IN_MEMORY = 2_000
"""Sealed texts of one kind that stay opened: one page asks for its member three times, and whoever reads one page reads the next."""


class Filing(Generic[D]):
    """Makes records of documents of one kind, and documents of records.

    To open a seal costs ten times what the rest of a look-up does. So what was opened last is kept, by its sealed text: what is
    changed has another. It lies in the memory of a process that has the key to all of it in the same memory.
    """

    def __init__(self, kind: "Kind[D]", secrets: "SecretBox") -> None:
        self.kind = kind
        self._secrets = secrets
        self._open = lru_cache(_OPENED_IN_MEMORY)(lambda sealed: secrets.open(sealed.encode("ascii")))
        self._decode = msgspec.json.Decoder(kind.document).decode

    def record(self, document: D, *, revision: int = 1) -> FiledRecord:
        """Return a document as it may be stored."""
        kind = self.kind
        text = msgspec.json.encode(document).decode()
        return FiledRecord(
            id=document.id,  # type: ignore[attr-defined]  # says `Kind`
            owner=kind.owner(document),
            order=kind.order(document),
            lookups=tuple(dict.fromkeys(kind.lookups(document))),
            expires_at=kind.expires_at(document),
            revision=revision,
            text=self._secrets.seal(text).decode("ascii") if kind.sealed else text,
        )

    def filed(self, record: FiledRecord) -> Filed[D]:
        """Return the document of a record.

        Raises:
            MisconfiguredError: it was sealed with another key.
        """
        text = self._open(record.text) if self.kind.sealed else record.text
        return Filed(document=self._decode(text), revision=record.revision)

    def renewed(self, text: str) -> str | None:
        """Return the text of a record under the newest key, ``None`` when it is already or is not sealed."""
        sealed = text.encode()
        if not self.kind.sealed or self._secrets.is_current(sealed):
            return None
        return self._secrets.rewrap(sealed).decode("ascii")
