"""What can be asked of the past: stored publications, searched, counted and matched without waiting for the stream.

The matcher knows what a match is; the portal shows it to people. Services do not import each other, so the process gives
the portal an `Advice` among its surroundings, and the matcher's package has the one that is real.
"""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from shared.wire.match import Match
from shared.wire.publication import Publication
from shared.wording.said import Said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from shared.wire.profile import Profile


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many publications match.

    Attributes:
        exact: whether every candidate was looked at; else ``matches`` is estimated from a sample of them.
        margin: half of the 95 % interval of an estimate, in publications; 0 when exact.
    """

    matches: int
    exact: bool = True
    margin: int = 0


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A publication that matches, and why."""

    publication: Publication
    match: Match


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a preview: the Monday, and how many publications of that week match."""

    monday: date
    matches: int


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of a profile found, in words for its author.

    Attributes:
        code: of the finding, as `zhitui profile check` calls it.
        text: in Chinese, with the place before it.
        said: the same without its language (`shared.wording.advice` words it).
        pointer: JSON pointer to the part of the profile; ``""``: all of it.
        level: ``error``, ``warning`` or ``hint``.
        proposals: texts that would do instead.
    """

    code: str
    level: str
    text: str
    pointer: str = ""
    proposals: tuple[str, ...] = ()
    said: Said | None = None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile would have brought.

    Attributes:
        weeks: the oldest first, those without a match included.
        examples: the best, newest first among equals.
        a_week: how many a week are to be expected.
        remarks: what its check says.
    """

    count: Count
    weeks: tuple[Week, ...]
    examples: tuple[Example, ...]
    a_week: float
    remarks: tuple[Remark, ...] = ()


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a back-test is.

    Attributes:
        done, total: publications looked at, and to be looked at.
        result: when it is over.
    """

    done: int
    total: int
    result: Preview | None = None


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of a rule, held against one publication.

    Attributes:
        rule: its position in the profile.
        pointer: JSON pointer into the profile (``/rules/0/groups/1``).
        holds: whether the publication meets it.
        text: for people, in Chinese: what was asked for, and what was found instead.
        said: the same without its language.
        evidence_fields: where it was found (``title`` …).
    """

    rule: int
    pointer: str
    holds: bool
    text: str
    evidence_fields: tuple[str, ...] = ()
    said: Said | None = None


class WhyNot(msgspec.Struct, frozen=True, kw_only=True):
    """Why a publication matches a profile, or does not."""

    publication: Publication
    match: Match | None
    conditions: tuple[Condition, ...]


class Related(StrEnum):
    """How a proposed word belongs to the one that was given."""

    SYNONYM = "synonym"
    BROADER = "broader"
    NARROWER = "narrower"
    TOGETHER = "together"


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A word or class to add; ``count``: in how many stored publications it stands."""

    text: str
    related: Related
    count: int


class IpcPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the International Patent Classification.

    Attributes:
        symbol: ``H01M10/0525``.
        title: in Chinese, its own line without those above it.
        parent: the place above, ``None`` of a section.
        children: how many places lie directly under it.
        count: stored publications in it or below it.
    """

    symbol: str
    title: str
    parent: str | None
    children: int
    count: int = 0


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A company's publications in the stream.

    Attributes:
        ipc: (place at the level of main groups, publications), most first.
        terms: words that tell its publications from the rest, the best first.
        together: other applicants of the same technology, (name, publications), most first: its likely competitors.
    """

    name: str
    publications: int
    ipc: tuple[tuple[IpcPlace, int], ...]
    terms: tuple[Suggestion, ...]
    together: tuple[tuple[str, int], ...]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the stored publications; all that is given must hold.

    Attributes:
        text: words, apart by blanks, all of which must stand in title, abstract or claim; or a number.
        since, before: published on this day or later; before this one.
        after: ``next`` of the page before.
        limit: at most 100.
    """

    text: str = ""
    ipc: str = ""
    applicant: str = ""
    region: str = ""
    since: date | None = None
    before: date | None = None
    after: str | None = None
    limit: int = 20


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of publications, newest first.

    Attributes:
        total: how many there are in all.
        next: where the next page begins, ``None`` on the last.
    """

    publications: tuple[Publication, ...]
    total: Count
    next: str | None = None


class Tightening(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a profile that would have kept away what was judged irrelevant.

    Attributes:
        text: what it does, in Chinese.
        said: the same without its language.
        profile: changed, as JSON Lines of the contract.
        removes: numbers of judged-irrelevant publications that it would have kept away.
        loses: numbers of judged-relevant ones that it would have kept away, too; best when empty.
        before, after: matches over the last four weeks.
    """

    text: str
    profile: bytes
    removes: tuple[str, ...]
    loses: tuple[str, ...]
    before: Count
    after: Count
    said: Said | None = None


class Advice(Protocol):
    """Questions about the past. All may raise `RetryLaterError` while the stored publications are still being read in."""

    async def count(self, profile: "Profile", *, since: date | None = None) -> Count:
        """Count quickly, by a sample where there are many: for showing while somebody types."""
        ...

    async def preview(self, profile: "Profile", *, weeks: int = 4, examples: int = 20) -> Preview:
        """Return what the last weeks would have brought."""
        ...

    def backtest(self, profile: "Profile", *, since: date) -> "AsyncIterator[Progress]":
        """Match everything that was published since, and tell how far it is at least once a second."""
        ...

    async def check(self, profile: "Profile") -> tuple[Remark, ...]:
        """Return what is wrong, or doubtful, about a profile."""
        ...

    async def why_not(self, profile: "Profile", number: str) -> WhyNot | None:
        """Hold a profile against one stored publication, condition by condition; ``None``: it is not known."""
        ...

    async def suggest(self, terms: "Sequence[str]", *, limit: int = 12) -> tuple[Suggestion, ...]:
        """Return words that belong to these."""
        ...

    async def describe(self, text: str, *, limit: int = 12) -> tuple[Suggestion, ...]:
        """Return the keywords of a description in plain words, best first."""
        ...

    async def holder(self, name: str) -> Holder:
        """Return what is known of a company."""
        ...

    async def search(self, wanted: Search) -> Found:
        """Search the stored publications."""
        ...

    async def ipc(self, symbol: str = "") -> tuple[IpcPlace, ...]:
        """Return a place and those directly under it (``""``: the sections); empty when there is no such place."""
        ...

    async def ipc_titles(self, text: str, *, limit: int = 20) -> tuple[IpcPlace, ...]:
        """Return places whose symbol begins so, or whose title holds these words."""
        ...

    async def tighten(
        self, profile: "Profile", *, irrelevant: "Sequence[str]", relevant: "Sequence[str]"
    ) -> tuple[Tightening, ...]:
        """Propose changes that keep away what was judged irrelevant, the best first."""
        ...
