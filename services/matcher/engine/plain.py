"""Where a hit stands, said slowly and plainly: the specification of `terms.judge`."""

from functools import lru_cache
from itertools import groupby

from services.matcher.engine.counts import LONGEST
from services.matcher.engine.dictionary import Dictionary, dictionary
from services.matcher.engine.lattice import DEAREST_IDEOGRAPH
from services.matcher.engine.lexicon import ABSENT
from services.matcher.engine.segment import HAN, character_class, tokens
from services.matcher.engine.terms import AFFIX_LIMIT, LONG_TERM, SHORT_TERM, WORD_LIMIT, Place


class CutText:
    """A normalised text and its tokens.

    Args:
        text: the text.
        known: the dictionary to judge by; the one that ships, if none is given.
        word_limit: see `terms.WORD_LIMIT`; like the next, for measuring others than those in force.
        affix_limit: see `terms.AFFIX_LIMIT`.
    """

    def __init__(
        self,
        text: str,
        known: Dictionary | None = None,
        *,
        word_limit: int = WORD_LIMIT,
        affix_limit: int = AFFIX_LIMIT,
    ) -> None:
        self._text = text
        self._known = known or dictionary()
        self._word_limit, self._affix_limit = word_limit, affix_limit
        self._tokens = tokens(text)
        self._starts = {start for start, _ in self._tokens}
        self._ends = {end for _, end in self._tokens}
        self._runs: list[tuple[int, int]] = []
        at = 0
        for kind, characters in groupby(text, character_class):
            length = len(list(characters))
            if kind == HAN:
                self._runs.append((at, at + length))
            at += length

    def place(self, start: int, end: int) -> Place:
        """Say how ``text[start:end]`` lies among the tokens."""
        if start in self._starts and end in self._ends:
            return Place.WORD
        if not (start in self._starts or self._splits_ideographs(start)):
            return Place.LOOSE
        if not (end in self._ends or self._splits_ideographs(end)):
            return Place.LOOSE
        if any(token_start <= start and end <= token_end for token_start, token_end in self._tokens):
            return (
                Place.AFFIX
                if self._excess(start, end, 2 if end - start <= SHORT_TERM else LONGEST) <= self._affix_limit
                else Place.LOOSE
            )
        if self._excess(start, end, LONGEST) <= self._word_limit:
            return Place.WORD
        reaches = end - start >= LONG_TERM and self._excess(start, end, 2) <= self._word_limit
        return Place.AFFIX if reaches else Place.LOOSE

    def _splits_ideographs(self, at: int) -> bool:
        return any(run_start < at < run_end for run_start, run_end in self._runs)

    def _excess(self, start: int, end: int, longest: int) -> int:
        """Return how much dearer the text is with boundaries at the hit's ends: in the run of its first, or of its last ideograph."""
        excesses = []
        for run_start, run_end in self._runs:
            if run_start <= start < run_end or run_start < end <= run_end:
                inner_start, inner_end = max(start, run_start), min(end, run_end)
                before = best_way(self._text[run_start:inner_start], longest, self._known)
                inner = self._text[inner_start:inner_end]
                after = best_way(self._text[inner_end:run_end], longest, self._known)
                own = self._own_cost(inner, whole=inner_start == start and inner_end == end)
                whole = best_way(self._text[run_start:run_end], longest, self._known)
                excesses.append(before + own + after - whole)
        return max(excesses)

    def _own_cost(self, run: str, *, whole: bool) -> int:
        """Return what a run of the hit costs alone; `whole`: it is all of the hit."""
        if whole and (number := self._known.words.number(run)) != ABSENT:
            return int(self._known.costs[number])
        return min(best_way(run, LONGEST, self._known), DEAREST_IDEOGRAPH * len(run))


@lru_cache(maxsize=10_000)
def best_way(run: str, longest: int, known: Dictionary) -> int:
    """Return what the cheapest way to cut a run of ideographs into words of so many characters at most costs, in millinats."""
    best = [0]
    for end in range(1, len(run) + 1):
        ways = []
        for start in range(max(0, end - longest), end):
            number = known.words.number(run[start:end])
            if number != ABSENT:
                ways.append(best[start] + int(known.costs[number]))
            elif end - start == 1:
                ways.append(best[start] + known.unknown)
        best.append(min(ways))
    return best[-1]
