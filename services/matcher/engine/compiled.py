"""Profiles compiled into arrays: distinct keys, the groups that wait for them, the rules that wait for the groups.

A *key* is a distinct keyword text, or a bibliographic key. An *entry* says: this key, hit in such a place in such a field,
satisfies this group. Every condition of a rule is a group: each keyword group, the IPC list, the applicants, the regions, the
kinds; all that a rule excludes is one more group, which must stay unsatisfied. The groups of a rule lie side by side.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick

from services.matcher.engine import bibliography
from services.matcher.engine.terms import NEEDED, Place
from services.matcher.engine.text import normalise_term
from shared.wire.profile import TEXT_FIELDS, as_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from shared.wire.profile import Profile, Term

BIBLIOGRAPHIC_FIELD = len(TEXT_FIELDS)
"""The number of the field in which bibliographic keys are hit; every entry of one accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The arrays.

    Attributes:
        automaton: finds the texts of the keys 0 to n-1.
        bibliographic: key text → number, from n on.
        entry_starts: where the entries of each key begin, and one past the last.
        entry_group: the group an entry satisfies.
        entry_place: the lowest `Place` it accepts.
        entry_fields: the fields it accepts, a bit each.
        entry_term: which term of its group it is.
        entry_synonym: whether the key is a synonym of the term.
        group_rule: the rule a group belongs to.
        group_excludes: whether the rule fails when the group is satisfied.
        rule_groups: how many groups must be satisfied.
        rule_first_group: the first group of each rule.
        rule_profile: position in `profiles`.
        rule_number: position in the profile's rules.
    """

    profiles: "tuple[Profile, ...]"
    automaton: CharwiseDoubleArrayAhoCorasick
    bibliographic: dict[str, int]
    entry_starts: "NDArray[np.int64]"
    entry_group: "NDArray[np.int64]"
    entry_place: "NDArray[np.uint8]"
    entry_fields: "NDArray[np.uint8]"
    entry_term: "NDArray[np.int32]"
    entry_synonym: "NDArray[np.bool_]"
    group_rule: "NDArray[np.int64]"
    group_excludes: "NDArray[np.bool_]"
    rule_groups: "NDArray[np.int64]"
    rule_first_group: "NDArray[np.int64]"
    rule_profile: "NDArray[np.int64]"
    rule_number: "NDArray[np.int64]"


class _Draft:
    """What is collected, row by row, before it becomes arrays."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}
        self.bibliographic: dict[str, int] = {}
        self.of_text: list[tuple[int, int, int, int, int, bool]] = []
        self.of_bibliography: list[tuple[int, int, int, int, int, bool]] = []
        self.groups: list[tuple[int, bool]] = []
        self.rules: list[tuple[int, int, int, int]] = []

    def add_profile(self, number: int, profile: "Profile") -> None:
        fields = sum(1 << TEXT_FIELDS.index(field) for field in set(profile.fields))
        for rule_number, rule in enumerate(profile.rules):
            wanted, unwanted = bibliography.rule_keys(rule)
            self.rules.append((len(rule.groups) + len(wanted), len(self.groups), number, rule_number))
            for group in rule.groups:
                self._add_terms(self._new_group(excludes=False), group, fields)
            for keys in wanted:
                self._add_keys(self._new_group(excludes=False), keys)
            if rule.none or unwanted:
                exclusion = self._new_group(excludes=True)
                self._add_terms(exclusion, rule.none, fields)
                self._add_keys(exclusion, unwanted)

    def _new_group(self, *, excludes: bool) -> int:
        self.groups.append((len(self.rules) - 1, excludes))
        return len(self.groups) - 1

    def _add_terms(self, group: int, terms: "Sequence[str | Term]", fields: int) -> None:
        for position, term in enumerate(map(as_term, terms)):
            for number, wanted in enumerate((term.text, *term.synonyms)):
                text = normalise_term(wanted)
                if text:
                    key = self.texts.setdefault(text, len(self.texts))
                    self.of_text.append((key, group, NEEDED[term.match], fields, position, number > 0))

    def _add_keys(self, group: int, keys: "Iterable[str]") -> None:
        for text in keys:
            key = self.bibliographic.setdefault(text, len(self.bibliographic))
            self.of_bibliography.append((key, group, Place.LOOSE, 1 << BIBLIOGRAPHIC_FIELD, 0, False))


def compile_profiles(profiles: "Iterable[Profile]") -> Compiled:
    """Compile profiles whose ids differ; a condition that nothing can satisfy simply never is."""
    kept = tuple(profiles)
    draft = _Draft()
    for number, profile in enumerate(kept):
        draft.add_profile(number, profile)
    words = len(draft.texts)
    rows = np.array(draft.of_text + [(key + words, *rest) for key, *rest in draft.of_bibliography], np.int64)
    rows = rows.reshape(-1, 6)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    groups = np.array(draft.groups, np.int64).reshape(-1, 2)
    rules = np.array(draft.rules, np.int64).reshape(-1, 4)
    return Compiled(
        profiles=kept,
        automaton=CharwiseDoubleArrayAhoCorasick(list(draft.texts)),
        bibliographic={key: number + words for key, number in draft.bibliographic.items()},
        entry_starts=np.searchsorted(rows[:, 0], np.arange(words + len(draft.bibliographic) + 1)),
        entry_group=rows[:, 1].copy(),
        entry_place=rows[:, 2].astype(np.uint8),
        entry_fields=rows[:, 3].astype(np.uint8),
        entry_term=rows[:, 4].astype(np.int32),
        entry_synonym=rows[:, 5].astype(np.bool_),
        group_rule=groups[:, 0].copy(),
        group_excludes=groups[:, 1].astype(np.bool_),
        rule_groups=rules[:, 0].copy(),
        rule_first_group=rules[:, 1].copy(),
        rule_profile=rules[:, 2].copy(),
        rule_number=rules[:, 3].copy(),
    )
