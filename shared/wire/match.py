"""A match: which profile, which publication, how well, and why."""

from enum import StrEnum

import msgspec


class HitKind(StrEnum):
    """How a piece of evidence was found; the kinds are explained in docs/matching.md."""

    WORD = "word"
    AFFIX = "affix"
    ANYWHERE = "anywhere"
    FUZZY = "fuzzy"
    SYNONYM = "synonym"
    IPC = "ipc"
    APPLICANT = "applicant"
    REGION = "region"

    # An enumeration's own hash is worked out in Python, a third of the time of finding evidence in a table.
    __hash__ = str.__hash__


class Evidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One hit.

    Attributes:
        term: the profile's own term or pattern, as its author wrote it.
        field: ``title``, ``abstract``, ``claim``, or a path as ``ipc[0]``, ``applicants[0].name``.
        start: first character of the hit in the field as given.
        end: one past its last character.
        score: 0..1, how good this one hit is before fields are weighed.
    """

    term: str
    field: str
    start: int
    end: int
    kind: HitKind
    score: float


class Match(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A profile found in a publication.

    Attributes:
        score: 0..1, see docs/matching.md.
        rule: position of the best rule that holds.
    """

    profile_id: str
    publication_number: str
    score: float
    rule: int
    evidence: tuple[Evidence, ...] = ()
