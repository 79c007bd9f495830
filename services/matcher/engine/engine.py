"""The engine: a whole batch against all profiles at once, by counting satisfied groups; equal to the oracle."""

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import bibliography
from services.matcher.engine.batch import read_batch
from services.matcher.engine.compiled import BIBLIOGRAPHIC_FIELD, Compiled, compile_profiles
from services.matcher.engine.explain import explain
from services.matcher.engine.hits import Hits
from services.matcher.engine.terms import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.batch import Batch
    from shared.wire.match import Match
    from shared.wire.profile import Profile
    from shared.wire.publication import Publication

    Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a batch gave.

    Attributes:
        matches: for each publication, in order: its matches, best first, then by profile id.
        candidates: rules all of whose positive conditions held, before exclusions and least scores were asked.
    """

    matches: "list[list[Match]]"
    candidates: int


class Engine:
    """Immutable; a change of profiles makes another one (see `LiveEngine`)."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._position = {profile.id: number for number, profile in enumerate(compiled.profiles)}

    @classmethod
    def compile(cls, profiles: "Iterable[Profile]") -> "Engine":
        """Build an engine for profiles whose ids differ."""
        return cls(compile_profiles(profiles))

    def __len__(self) -> int:
        return len(self._compiled.profiles)

    def positions(self, profile_ids: "Iterable[str]") -> list[int]:
        """Return where those of the profiles stand that this engine holds."""
        return [self._position[profile_id] for profile_id in profile_ids if profile_id in self._position]

    def match(self, publications: "Sequence[Publication]") -> "list[list[Match]]":
        """Return each publication's matches, in order; within one, by score descending, then profile id."""
        return self.find(publications).matches

    def find(
        self,
        publications: "Sequence[Publication]",
        *,
        alive: "NDArray[np.bool_] | None" = None,
        evidence: bool = True,
    ) -> Found:
        """Match a batch of any size; no publication's result depends on the others.

        Args:
            publications: the batch.
            alive: by position of profile, whether it still counts; ``None``: all do.
            evidence: leave evidence out to save the making of it.
        """
        compiled = self._compiled
        if not compiled.profiles or not publications:
            return Found(matches=[[] for _ in publications], candidates=0)
        hits = self._hits(publications)
        rows, entries = self._entries(hits)
        document = hits.document[rows]
        group = compiled.entry_group[entries]
        full, held = self._held(document, group, alive)
        rules = len(compiled.rule_groups)
        texts = np.flatnonzero(hits.field[rows] != BIBLIOGRAPHIC_FIELD)
        row_rule = document[texts] * rules + compiled.group_rule[group[texts]]
        belongs = np.isin(row_rule, held)
        texts, row_rule = texts[belongs], row_rule[belongs]
        texts = texts[np.argsort(row_rule, kind="stable")]
        matches = explain(
            compiled, publications, hits, held=held, rows=rows[texts], entries=entries[texts], evidence=evidence
        )
        return Found(matches=matches, candidates=full)

    def _hits(self, publications: "Sequence[Publication]") -> Hits:
        batch = read_batch(publications)
        text = self._text_hits(batch)
        if not self._compiled.bibliographic:
            return text
        document, key = self._bibliographic_hits(publications)
        zeros = np.zeros(len(key), np.int64)
        return Hits(
            np.concatenate((text.document, document)),
            np.concatenate((text.key, key)),
            np.concatenate((text.field, zeros + BIBLIOGRAPHIC_FIELD)),
            np.concatenate((text.place, zeros + Place.WORD)),
            np.concatenate((text.start, zeros)),
            np.concatenate((text.end, zeros)),
        )

    def _text_hits(self, batch: "Batch") -> Hits:
        found = self._compiled.automaton.find_overlapping(batch.text)
        flat = np.fromiter(chain.from_iterable(found), np.int64, 3 * len(found)).reshape(-1, 3)
        start, end, key = flat[:, 0], flat[:, 1], flat[:, 2]
        number = np.searchsorted(batch.starts, start, side="right") - 1
        begin = batch.starts[number]
        places = batch.places(start, end).astype(np.int64)
        return Hits(batch.documents[number], key, batch.fields[number], places, start - begin, end - begin)

    def _bibliographic_hits(self, publications: "Sequence[Publication]") -> "tuple[Column, Column]":
        numbers = self._compiled.bibliographic
        documents: list[int] = []
        keys: list[int] = []
        for document, publication in enumerate(publications):
            here = [numbers[key] for key in bibliography.publication_keys(publication) if key in numbers]
            documents += [document] * len(here)
            keys += here
        return np.array(documents, np.int64), np.array(keys, np.int64)

    def _entries(self, hits: Hits) -> "tuple[Column, Column]":
        """Return (row of a hit, entry) for each entry that a hit satisfies."""
        compiled = self._compiled
        first = compiled.entry_starts[hits.key]
        count = compiled.entry_starts[hits.key + 1] - first
        rows = np.repeat(np.arange(len(first)), count)
        entries = np.arange(len(rows)) + np.repeat(first - (np.cumsum(count) - count), count)
        fits = (hits.place[rows] >= compiled.entry_place[entries]) & (
            (compiled.entry_fields[entries] >> hits.field[rows]) & 1
        ).astype(np.bool_)
        return rows[fits], entries[fits]

    def _held(self, document: "Column", group: "Column", alive: "NDArray[np.bool_] | None") -> "tuple[int, Column]":
        """Return how many rules have all their groups, and those that hold, as sorted ``document × rules + rule``."""
        compiled = self._compiled
        groups, rules = len(compiled.group_rule), len(compiled.rule_groups)
        satisfied = np.unique(document * groups + group)
        group = satisfied % groups
        rule = satisfied // groups * rules + compiled.group_rule[group]
        begins = np.flatnonzero(np.concatenate(([True], rule[1:] != rule[:-1]))) if len(rule) else rule
        if not len(begins):
            return 0, begins
        excludes = compiled.group_excludes[group]
        positive = np.add.reduceat(~excludes, begins, dtype=np.int64)
        excluded = np.logical_or.reduceat(excludes, begins)
        rule = rule[begins]
        number = rule % rules
        full = positive == compiled.rule_groups[number]
        if alive is not None:
            full &= alive[compiled.rule_profile[number]]
        return int(full.sum()), rule[full & ~excluded]
