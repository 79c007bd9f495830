"""What a backup says of itself: at its beginning where it comes from, at its end what must be in it."""

from datetime import datetime

import msgspec

FORMAT = "zhitui-backup"
VERSION = 1
"""Of the file's form and of all its sections' lines; a program refuses what is newer than it knows."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The first line.

    Attributes:
        id: of this backup; a restore that was interrupted knows its file again by it.
        made_at: the moment whose content it holds.
        program: the version of Zhitui that made it.
        bus, store: the backends that it was made from.
        key_fingerprint: of the key that addresses are sealed with; tells nothing of the key.
        partitions: topic → how many it had.
        sections: in the order in which they follow.
    """

    format: str = FORMAT
    version: int = VERSION
    id: str
    made_at: datetime
    program: str
    bus: str
    store: str
    key_fingerprint: str
    partitions: dict[str, int]
    sections: tuple[str, ...]


class SectionTotals(msgspec.Struct, frozen=True, kw_only=True):
    """What a section has in all.

    Attributes:
        digest: see `Digest`.
    """

    documents: int
    digest: str


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The last line."""

    sections: dict[str, SectionTotals]


class SectionBeginning(msgspec.Struct, frozen=True, kw_only=True):
    """The line before those of a section, for people who look into the file."""

    section: str
