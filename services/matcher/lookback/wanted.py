"""What a profile asks of the index: documents that may match. It may name too many, and never misses one.

A keyword stands in a text character for character, so all pairs of its runs do, too. A variant of it differs in one place
(`engine.variants`): so for one of its places, all that lies on either side is there. Bibliographic conditions are compared
by the engine's own keys: there the index is as exact as the engine.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.conditions import asked_of
from services.matcher.engine.needs import Need
from services.matcher.engine.oracle import asked_for
from services.matcher.engine.scoring import BIBLIOGRAPHIC_UNITS, UNITS
from services.matcher.engine.text import normalise_term
from services.matcher.engine.variants import LONGEST, SHORTEST, latin_words, swapped
from services.matcher.lookback.characters import pairs_of, pairs_with, runs_of
from services.matcher.lookback.values import value_key
from shared.wire.profile import as_term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from services.matcher.lookback.segment import Segment
    from services.matcher.rings.rings import Rings
    from shared.wire.profile import Profile, Rule

    Flags = NDArray[np.bool_]
    Runs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WantedRule:
    """What one rule asks.

    Attributes:
        groups: for each keyword group, sets of runs, all of one of which must stand in a document.
        keys: for each bibliographic condition, the keys of which a document must have one.
        refused: keys that it must not have.
        in_title: whether only titles count.
        is_exact: whether nothing else is asked.
    """

    groups: "tuple[frozenset[Runs], ...]"
    keys: tuple[tuple[int, ...], ...]
    refused: tuple[int, ...]
    in_title: bool
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a profile asks."""

    rules: tuple[WantedRule, ...]

    @classmethod
    def of(cls, profile: "Profile", rings: "Rings") -> "Wanted":
        """Take a profile apart."""
        return cls(tuple(_rule(rule, profile, rings) for rule in profile.rules))

    @property
    def is_exact(self) -> bool:
        """Whether every document that is named does match."""
        return all(rule.is_exact for rule in self.rules)

    def documents(self, segment: "Segment") -> "Flags":
        """Return which documents of a segment may match."""
        found = np.zeros(len(segment), np.bool_)
        for rule in self.rules:
            found |= _documents(rule, segment)
        return found


def _rule(rule: "Rule", profile: "Profile", rings: "Rings") -> WantedRule:
    groups = []
    for group in rule.groups:
        texts: set[Runs] = set()
        for term in map(as_term, group):
            for text, need in asked_for(term, profile.fuzziness, rings, by_default=profile.rings):
                if plain := normalise_term(text):
                    texts.add(tuple(runs_of(plain)))
                    texts.update(_varied(plain) if need in (Need.NORMAL, Need.LOOSE) else ())
        groups.append(frozenset(texts))
    wanted, refused = asked_of(rule)
    return WantedRule(
        groups=tuple(groups),
        keys=tuple(_keys(patterns) for patterns in wanted),
        refused=_keys(refused),
        in_title=set(profile.fields) == {"title"},
        is_exact=not rule.groups and not rule.none and profile.min_score * UNITS <= BIBLIOGRAPHIC_UNITS,
    )


def _keys(patterns: "Iterable[tuple[str, tuple[str, ...]]]") -> tuple[int, ...]:
    return tuple({value_key(key): None for _, keys in patterns for key in keys})


def _varied(term: str) -> "Iterable[Runs]":
    """Return what any variant of a term holds: the term without one character (of a Latin word, two neighbours); or its words swapped."""
    if not SHORTEST <= len(term) <= LONGEST:
        return
    in_latin = {at for start, end in latin_words(term) for at in range(start, end)}
    for at in range(len(term)):
        after = at + 1 + (at in in_latin)
        yield (*runs_of(term[:at]), *runs_of(term[after:]))
    if (halves := swapped(term)) is not None:
        yield tuple(runs_of("".join(halves)))


def _documents(rule: WantedRule, segment: "Segment") -> "Flags":
    found = np.ones(len(segment), np.bool_)
    for keys in rule.keys:
        found &= with_any(segment, keys)
    for key in rule.refused:
        found[segment.keys.with_key(key)] = False
    for texts in rule.groups:
        if not found.any():
            break
        having = np.zeros(len(segment), np.bool_)
        for runs in texts:
            with_runs(segment, runs, having, in_title=rule.in_title)
        found &= having
    return found


def with_any(segment: "Segment", keys: "Iterable[int]") -> "Flags":
    """Return which documents of a segment have one of these bibliographic keys."""
    having = np.zeros(len(segment), np.bool_)
    for key in keys:
        having[segment.keys.with_key(key)] = True
    return having


def with_runs(segment: "Segment", runs: "Runs", flags: "Flags", *, in_title: bool = False) -> None:
    """Flag the documents that may hold all of these runs; without any, that is every document."""
    if not runs:
        flags[:] = True
        return
    single = [run for run in runs if len(run) == 1]
    pairs = {pair for run in runs if len(run) > 1 for pair in pairs_of(run, in_title=in_title)}
    lists = [segment.pairs.with_key(pair) for pair in pairs]
    lists += [segment.pairs.between(*pairs_with(character, in_title=in_title)) for character in single]
    lists.sort(key=len)
    documents = lists[0]
    for others in lists[1:]:
        if not len(documents):
            return
        there = np.zeros(len(segment), np.bool_)
        there[others] = True
        documents = documents[there[documents]]
    flags[documents] = True
