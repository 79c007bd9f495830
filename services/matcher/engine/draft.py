"""Profiles, one after the other, into `Tables`; the profiles themselves need not be kept."""

from array import array
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import conditions
from services.matcher.engine.draft_rows import LiteralRows, PointRows, TextRows, WordingRows, column
from services.matcher.engine.index import BIBLIOGRAPHY, EXCLUDING, KEYWORDS, Strings
from services.matcher.engine.needs import need_in_ring, need_of, need_of_synonym
from services.matcher.engine.scoring import least_units
from services.matcher.engine.select import latest, select
from services.matcher.engine.tables import Tables, assemble
from services.matcher.engine.text import normalise_term
from shared.runtime.memory import return_freed_memory
from shared.wire.profile import TEXT_FIELDS, Fuzziness, as_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from services.matcher.engine.index import Index
    from services.matcher.rings.rings import Rings
    from shared.wire.profile import Profile, Term

_MANY = 20_000
"""Profiles of which so much is freed before the index is made that it is worth some milliseconds to return it."""


class _Mode:
    """How the profiles of one kind look for their terms.

    Attributes:
        fields: a bit each.
        rings: whether terms that do not say so themselves have synonym rings; ``None``: none has, as an exclusion.
        known: term → its alternatives, or its only one: that needs no tuple, of which there would be a million.
    """

    __slots__ = ("fields", "fuzziness", "known", "rings")

    def __init__(self, fuzziness: Fuzziness, fields: tuple[str, ...], *, rings: bool | None) -> None:
        self.fuzziness = fuzziness
        self.fields = sum(1 << number for number, field in enumerate(TEXT_FIELDS) if field in fields)
        self.rings = rings
        self.known: dict[str | Term, int | tuple[int, ...]] = {}


class Draft:
    """What is collected; a later profile of the same id replaces the earlier one."""

    def __init__(self, rings: "Rings") -> None:
        self._rings = rings
        self._texts = TextRows()
        self._shown = PointRows()
        self._literals = LiteralRows()
        self._wordings = WordingRows()
        self._keys: dict[str, int] = {}
        self._patterns: dict[tuple[str, tuple[str, ...]], tuple[int, ...]] = {}
        self._modes: dict[tuple[Fuzziness, tuple[str, ...], bool | None], _Mode] = {}
        self._alternatives = array("i")
        self._group_starts = array("i", [0])
        self._group_kind = bytearray()
        self._rule_starts = array("i", [0])
        self._rule_profile = array("i")
        self._rule_number = array("i")
        self._least = array("i")
        self._ids = bytearray()
        self._id_starts = array("i", [0])
        self._names = bytearray()
        self._name_starts = array("i", [0])
        self._removed: set[int] = set()

    def add(self, profile: "Profile") -> None:
        """Take a profile; a condition that nothing can satisfy simply never is."""
        self._ids += profile.id.encode()
        self._id_starts.append(len(self._ids))
        self._names += profile.name.encode("utf-8", "replace")
        self._name_starts.append(len(self._names))
        number = len(self._least)
        self._least.append(least_units(profile.min_score))
        mode = self._mode(profile.fuzziness, profile.fields, rings=profile.rings)
        for position, rule in enumerate(profile.rules):
            for group in rule.groups:
                self._add_terms(group, mode)
                self._close_group(KEYWORDS)
            wanted, unwanted = conditions.asked_of(rule)
            for patterns in wanted:
                self._add_keys(patterns)
                self._close_group(BIBLIOGRAPHY)
            if rule.none or unwanted:
                self._add_terms(rule.none, self._mode(Fuzziness.OFF, profile.fields, rings=None))
                self._add_keys(unwanted)
                self._close_group(EXCLUDING)
            self._rule_profile.append(number)
            self._rule_number.append(position)
            self._rule_starts.append(len(self._group_kind))

    def change(self, changes: "Iterable[tuple[str, Profile | None]]") -> None:
        """Take profiles, or forget (``None``) them, one after the other."""
        for profile_id, profile in changes:
            if profile is None:
                self.remove(profile_id)
            else:
                self.add(profile)

    def remove(self, profile_id: str) -> None:
        """Forget what was taken under this id."""
        self._removed.add(len(self._least))
        self._ids += profile_id.encode()
        self._id_starts.append(len(self._ids))
        self._name_starts.append(len(self._names))
        self._least.append(0)

    def _close_group(self, kind: int) -> None:
        self._group_kind.append(kind)
        self._group_starts.append(len(self._alternatives))

    def _mode(self, fuzziness: Fuzziness, fields: tuple[str, ...], *, rings: bool | None) -> "_Mode":
        mode = self._modes.get((fuzziness, fields, rings))
        if mode is None:
            mode = self._modes[fuzziness, fields, rings] = _Mode(fuzziness, fields, rings=rings)
        return mode

    def _add_terms(self, terms: "Sequence[str | Term]", mode: "_Mode") -> None:
        for term in terms:
            known = mode.known.get(term)
            if known is None:
                known = mode.known[term] = self._wordings_of(as_term(term), mode)
            if isinstance(known, int):
                self._alternatives.append(known)
            else:
                self._alternatives.extend(known)

    def _wordings_of(self, term: "Term", mode: "_Mode") -> int | tuple[int, ...]:
        """Return the alternatives that a term stands for: itself, its synonyms, its rings."""
        need = need_of(term, mode.fuzziness)
        asked = [(term.text, need, 0)]
        asked += [(synonym, need_of_synonym(need), 1) for synonym in term.synonyms]
        if mode.rings is not None and (mode.rings if term.rings is None else term.rings):
            asked += [(member, need_in_ring(need), 1) for member in self._rings.synonyms_of(term.text)]
        shown = self._shown.add(term.text)
        found = []
        for text, wanted, synonym in asked:
            if plain := normalise_term(text):
                literal = self._literals.add(self._texts.add(plain), wanted, mode.fields)
                found.append(self._wordings.add(literal, shown, synonym, term.weight))
        return found[0] if len(found) == 1 else (*found[:1], *(~wording for wording in found[1:]))

    def _add_keys(self, patterns: "Iterable[tuple[str, tuple[str, ...]]]") -> None:
        for pattern, keys in patterns:
            known = self._patterns.get((pattern, keys))
            if known is None:
                shown = self._shown.add(pattern)
                numbers = [self._keys.setdefault(key, len(self._keys)) for key in keys]
                known = tuple(
                    self._wordings.add(self._literals.add(~number, 0, 0), shown, 0, 1.0) for number in numbers
                )
                self._patterns[pattern, keys] = known
            self._alternatives.extend(known)

    def index(self) -> "Index":
        """Return the index of what was collected; nothing can be added after."""
        self._modes.clear()  # all terms as objects, as large as the index
        if len(self._least) >= _MANY:
            return_freed_memory()
        tables = self._tables()
        counts = latest(tables.ids)
        counts[list(self._removed)] = 0
        return assemble(tables if counts.all() else select(tables, counts))

    def _tables(self) -> Tables:
        text_points, text_starts = self._texts.columns()
        weights = self._texts.weights()
        keys = PointRows()
        for key in self._keys:
            keys.add(key)
        key_points, key_starts = keys.columns()
        shown_points, shown_starts = self._shown.columns()
        return Tables(
            text_points=text_points,
            text_starts=text_starts,
            text_cost=weights.cost,
            text_share=weights.share,
            text_rarity=weights.rarity,
            key_points=key_points,
            key_starts=key_starts,
            key_share=np.fromiter(map(conditions.share_of, self._keys), np.float64, len(self._keys)),
            literal_text=column(self._literals.text, np.int32),
            literal_need=column(self._literals.need, np.uint8),
            literal_fields=column(self._literals.fields, np.uint8),
            wording_literal=column(self._wordings.literal, np.int32),
            wording_shown=column(self._wordings.shown, np.int32),
            wording_synonym=column(self._wordings.synonym, np.uint8),
            wording_weight=column(self._wordings.weight, np.float64),
            shown_points=shown_points,
            shown_starts=shown_starts,
            alternatives=column(self._alternatives, np.int32),
            group_starts=column(self._group_starts, np.int32),
            group_kind=column(self._group_kind, np.uint8),
            rule_starts=column(self._rule_starts, np.int32),
            rule_profile=column(self._rule_profile, np.int32),
            rule_number=column(self._rule_number, np.int32),
            least=column(self._least, np.int32),
            ids=Strings(column(self._ids, np.uint8), column(self._id_starts, np.int32)),
            names=Strings(column(self._names, np.uint8), column(self._name_starts, np.int32)),
        )
