"""The answers, given in a process of its own (`process`): it maps the index, and is asked one thing at a time."""

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from services.matcher.lookback import classes, counting, holders, previewing, reasons, searching, tightening, words
from services.matcher.lookback.folder import BEFORE, FOLDER
from services.matcher.lookback.judging import Judge
from services.matcher.lookback.past import OpenPast
from services.matcher.lookback.previewing import Tally, judged, latest_day
from services.matcher.lookback.remarks import remarks_on
from services.matcher.lookback.wanted import Wanted
from services.matcher.lookback.writing import Writer
from services.matcher.rings import ring_set
from services.matcher.rings.rings import ACCEPTED_FILE
from shared.advice import Count
from shared.errors import RetryLaterError
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from services.matcher.lookback.past import Contents, Past
    from services.matcher.lookback.previewing import Best
    from services.matcher.rings import Rings
    from shared.advice import Found, Holder, IpcPlace, Preview, Remark, Search, Suggestion, Tightening, WhyNot

MOST_OF_A_WEEK = 4_000
"""Candidates of a week that a back-test judges: a year of the widest profile takes less than ten seconds."""

_decode = msgspec.msgpack.Decoder(list[Publication]).decode


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What a part of a back-test gave: matches, how many of each week, and the best."""

    count: Count
    weeks: dict[int, int]
    best: "list[Best]"


class Answers:
    """What is asked, one method a question; everything goes in and out as plain values.

    Every question about the past raises `RetryLaterError` while that is still being read in.
    """

    def __init__(self, data_dir: "Path") -> None:
        self._data_dir = data_dir
        folder = data_dir / FOLDER
        self._open = OpenPast(folder)
        self._before = OpenPast(folder, BEFORE)
        self._writer = Writer(folder)
        self._rings: tuple[int, Rings] | None = None

    @property
    def rings(self) -> "Rings":
        """The rings in force."""
        try:
            seen = (self._data_dir / ACCEPTED_FILE).stat().st_mtime_ns
        except OSError:
            seen = 0
        if self._rings is None or self._rings[0] != seen:
            self._rings = (seen, ring_set(self._data_dir))
        return self._rings[1]

    @property
    def past(self) -> "Past":
        """The latest past that is whole."""
        past = self._latest()
        if past is None or not past.contents.is_whole:
            known = 0 if past is None else len(past)
            raise RetryLaterError(f"正在读入已入库的公开（已读 {known:,} 件），请稍后再试。", after_seconds=5.0)
        return past

    def _latest(self) -> "Past | None":
        """Return the latest past; while that is made anew, the one before."""
        past, before = self._open.latest(), self._before.latest()
        return past if before is None or (past is not None and past.contents.is_whole) else before

    def warm(self) -> None:
        """Load dictionaries, tables and kernels, so that nobody waits for them later."""
        publication = Publication(publication_number="", kind="", title="预热")
        profile = Profile(id="warm", rules=(Rule(groups=(("预热",),)),))
        Judge(profile, self.rings).matches([publication])
        remarks_on(profile, self.rings, None)
        classes.titled("预热", None, 1)

    # What keeps it up to date.

    def contents(self) -> "tuple[Contents | None, int, int]":
        """Return what the folder holds, how many publications, and the day of the latest."""
        past = self._open.latest()
        if past is None:
            return None, 0, 0
        return past.contents, len(past), latest_day(past)

    def begin(self, incarnation: str, positions: dict[int, int]) -> None:
        """See `Writer.begin`."""
        self._writer.begin(incarnation, positions)

    def add(self, encoded: list[bytes], positions: dict[int, int] | None) -> int:
        """See `Writer.add`; merges what has become due.

        Args:
            encoded: lists of publications in MessagePack, which is far quicker than pickling them.
            positions: see `Writer.add`.
        """
        publications = [one for piece in encoded for one in _decode(piece)]
        added = self._writer.add(publications, positions=positions)
        while self._writer.merge():
            pass
        self._writer.tidy()
        return added

    def finish(self) -> None:
        """See `Writer.finish`."""
        self._writer.finish()
        self._writer.tidy()

    # What is asked.

    def count(self, profile: Profile, since: "date | None") -> Count:
        """See `shared.advice.Advice`."""
        return counting.count(self.past, profile, self.rings, since)

    def preview(self, profile: Profile, weeks: int, examples: int) -> "Preview":
        """See `shared.advice.Advice`."""
        past = self.past
        found = previewing.preview(past, profile, self.rings, weeks=weeks, examples=examples)
        return msgspec.structs.replace(found, remarks=remarks_on(profile, self.rings, past))

    def published(self, since: "date") -> dict[int, int]:
        """Return Monday → publications of that week, those since this day, the oldest week first."""
        return dict(sorted(previewing.by_week(self.past, since).items()))

    def backtest(self, profile: Profile, since: "date", before: "date", examples: int) -> Piece:
        """Match what was published in a span."""
        past = self.past
        places = past.find(Wanted.of(profile, self.rings), since=since, before=before)
        chosen = counting.sampled(places, MOST_OF_A_WEEK)
        matches, weeks, best = judged(past, Judge(profile, self.rings), chosen, examples)
        count = counting.extrapolated(matches, len(chosen), len(places))
        scale = counting.stands_for(chosen, places)
        return Piece(count=count, weeks={week: round(scale * number) for week, number in weeks.items()}, best=best)

    def backtested(self, profile: Profile, since: "date", pieces: list[Piece], examples: int) -> "Preview":
        """Put the pieces of a back-test together."""
        past = self.past
        tally = Tally(examples)
        for piece in pieces:
            tally.add(Counter(piece.weeks), piece.best)
        count = counting.together([piece.count for piece in pieces])
        found = previewing.shown(past, Judge(profile, self.rings), tally, since=since, count=count)
        return msgspec.structs.replace(found, remarks=remarks_on(profile, self.rings, past))

    def check(self, profile: Profile) -> "tuple[Remark, ...]":
        """See `shared.advice.Advice`."""
        return remarks_on(profile, self.rings, self._latest())

    def why_not(self, profile: Profile, number: str) -> "WhyNot | None":
        """See `shared.advice.Advice`."""
        publication = self.past.with_number(number)
        return None if publication is None else reasons.why_not(profile, publication, self.rings)

    def suggest(self, terms: tuple[str, ...], limit: int) -> "tuple[Suggestion, ...]":
        """See `shared.advice.Advice`."""
        return words.suggest(self.past, terms, self.rings, limit)

    def describe(self, text: str, limit: int) -> "tuple[Suggestion, ...]":
        """See `shared.advice.Advice`."""
        return words.describe(self.past, text, limit)

    def holder(self, name: str) -> "Holder":
        """See `shared.advice.Advice`."""
        return holders.holder(self.past, name)

    def search(self, wanted: "Search") -> "Found":
        """See `shared.advice.Advice`."""
        return searching.search(self.past, wanted)

    def ipc(self, symbol: str) -> "tuple[IpcPlace, ...]":
        """See `shared.advice.Advice`."""
        return classes.look(symbol, self._latest())

    def ipc_titles(self, text: str, limit: int) -> "tuple[IpcPlace, ...]":
        """See `shared.advice.Advice`."""
        return classes.titled(text, self._latest(), limit)

    def tighten(
        self, profile: Profile, irrelevant: tuple[str, ...], relevant: tuple[str, ...]
    ) -> "tuple[Tightening, ...]":
        """See `shared.advice.Advice`."""
        return tightening.tighten(self.past, profile, self.rings, irrelevant, relevant)
