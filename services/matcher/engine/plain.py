"""Where a hit stands, said slowly and plainly: the specification of `terms.judge`."""

from itertools import groupby

from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.lexicon import ABSENT
from services.matcher.engine.segment import HAN, character_class, tokens
from services.matcher.engine.terms import AFFIX_LIMIT, WORD_LIMIT, Place

_LONGEST = 16
"""No word of the dictionary is longer."""


class CutText:
    """A normalised text and its tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
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
        if (start in self._starts or self._splits_ideographs(start)) and (
            end in self._ends or self._splits_ideographs(end)
        ):
            more = max(
                self._excess(start, end, run)
                for run in self._runs
                if run[0] <= start < run[1] or run[0] < end <= run[1]
            )
            if more <= WORD_LIMIT:
                return Place.WORD
            inside = any(token_start <= start and end <= token_end for token_start, token_end in self._tokens)
            if inside and (start in self._starts or end in self._ends) and more <= AFFIX_LIMIT:
                return Place.AFFIX
        return Place.LOOSE

    def _splits_ideographs(self, at: int) -> bool:
        return any(run_start < at < run_end for run_start, run_end in self._runs)

    def _excess(self, start: int, end: int, run: tuple[int, int]) -> int:
        """Return how much dearer the run is with boundaries where the hit's ends lie in it."""
        run_start, run_end = run
        inner_start, inner_end = max(start, run_start), min(end, run_end)
        forced = (
            best_way(self._text[run_start:inner_start])
            + best_way(self._text[inner_start:inner_end])
            + best_way(self._text[inner_end:run_end])
        )
        return forced - best_way(self._text[run_start:run_end])


def best_way(run: str) -> int:
    """Return what the cheapest way to cut a run of ideographs into words costs, in millinats."""
    known = dictionary()
    best = [0]
    for end in range(1, len(run) + 1):
        ways = []
        for start in range(max(0, end - _LONGEST), end):
            number = known.words.number(run[start:end])
            if number != ABSENT:
                ways.append(best[start] + int(known.costs[number]))
            elif end - start == 1:
                ways.append(best[start] + known.unknown)
        best.append(min(ways))
    return best[-1]
