"""Profiles, one after the other, into `Tables`; the profiles themselves need not be kept."""

from array import array
from typing import TYPE_CHECKING, Any

import numpy as np

from services.matcher.engine import conditions, lattice, strings
from services.matcher.engine.index import BIBLIOGRAPHY, EXCLUDING, KEYWORDS, Strings
from services.matcher.engine.needs import need_in_ring, need_of, need_of_synonym
from services.matcher.engine.rarity import rarities, shares
from services.matcher.engine.scoring import least_units
from services.matcher.engine.select import latest, select
from services.matcher.engine.tables import Tables, assemble
from services.matcher.engine.text import normalise_term
from shared.wire.profile import TEXT_FIELDS, Fuzziness, as_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.index import Index
    from services.matcher.rings.rings import Rings
    from shared.wire.profile import Profile, Term


_ENCODING = "utf-32-le"


class _Mode:
    """How the profiles of one kind look for their terms.

    Attributes:
        fields: a bit each.
        rings: whether terms that do not say so themselves have synonym rings; ``None``: none has, as an exclusion.
        known: term → its alternatives.
    """

    __slots__ = ("fields", "fuzziness", "known", "rings")

    def __init__(self, fuzziness: Fuzziness, fields: tuple[str, ...], *, rings: bool | None) -> None:
        self.fuzziness = fuzziness
        self.fields = sum(1 << number for number, field in enumerate(TEXT_FIELDS) if field in fields)
        self.rings = rings
        self.known: dict[str | Term, tuple[int, ...]] = {}


class Draft:
    """What is collected; a later profile of the same id replaces the earlier one."""

    def __init__(self, rings: "Rings") -> None:
        self._rings = rings
        self._texts: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._shown: dict[str, int] = {}
        self._literals: dict[tuple[int, int, int], int] = {}
        self._wordings: dict[tuple[int, int, int, float], int] = {}
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
            self._alternatives.extend(known)

    def _wordings_of(self, term: "Term", mode: "_Mode") -> tuple[int, ...]:
        """Return the alternatives that a term stands for: itself, its synonyms, its rings."""
        need = need_of(term, mode.fuzziness)
        asked = [(term.text, need, 0)]
        asked += [(synonym, need_of_synonym(need), 1) for synonym in term.synonyms]
        if mode.rings is not None and (mode.rings if term.rings is None else term.rings):
            asked += [(member, need_in_ring(need), 1) for member in self._rings.synonyms_of(term.text)]
        shown = self._shown.setdefault(term.text, len(self._shown))
        found = []
        for text, wanted, synonym in asked:
            if plain := normalise_term(text):
                number = self._texts.setdefault(plain, len(self._texts))
                found.append(self._wording(self._literal(number, wanted, mode.fields), shown, synonym, term.weight))
        return (*found[:1], *(~wording for wording in found[1:]))

    def _add_keys(self, patterns: "Iterable[tuple[str, tuple[str, ...]]]") -> None:
        for pattern, keys in patterns:
            shown = self._shown.setdefault(pattern, len(self._shown))
            for key in keys:
                number = self._keys.setdefault(key, len(self._keys))
                self._alternatives.append(self._wording(self._literal(~number, 0, 0), shown, 0, 1.0))

    def _literal(self, text: int, need: int, fields: int) -> int:
        return self._literals.setdefault((text, need, fields), len(self._literals))

    def _wording(self, literal: int, shown: int, synonym: int, weight: float) -> int:
        return self._wordings.setdefault((literal, shown, synonym, weight), len(self._wordings))

    def index(self) -> "Index":
        """Return the index of what was collected."""
        tables = self._tables()
        counts = latest(tables.ids)
        counts[list(self._removed)] = 0
        return assemble(tables if counts.all() else select(tables, counts))

    def _tables(self) -> Tables:
        texts, keys = list(self._texts), list(self._keys)
        text_points, text_starts = _points_of(texts)
        key_points, key_starts = _points_of(keys)
        shown_points, shown_starts = _points_of(self._shown)
        literals = np.array(list(self._literals), np.int32).reshape(-1, 3)
        wordings = list(self._wordings)
        return Tables(
            text_points=text_points,
            text_starts=text_starts,
            text_cost=lattice.term_costs(texts),
            text_share=shares(texts),
            text_rarity=rarities(texts),
            key_points=key_points,
            key_starts=key_starts,
            key_share=np.fromiter(map(conditions.share_of, keys), np.float64, len(keys)),
            literal_text=literals[:, 0].copy(),
            literal_need=literals[:, 1].astype(np.uint8),
            literal_fields=literals[:, 2].astype(np.uint8),
            wording_literal=_column(wordings, 0, np.int32),
            wording_shown=_column(wordings, 1, np.int32),
            wording_synonym=_column(wordings, 2, np.uint8),
            wording_weight=_column(wordings, 3, np.float64),
            shown_points=shown_points,
            shown_starts=shown_starts,
            alternatives=_ints(self._alternatives),
            group_starts=_ints(self._group_starts),
            group_kind=strings.array_of(self._group_kind, np.uint8),
            rule_starts=_ints(self._rule_starts),
            rule_profile=_ints(self._rule_profile),
            rule_number=_ints(self._rule_number),
            least=_ints(self._least),
            ids=Strings(strings.array_of(self._ids, np.uint8), _ints(self._id_starts)),
            names=Strings(strings.array_of(self._names, np.uint8), _ints(self._name_starts)),
        )


def _points_of(texts: "Iterable[str]") -> "tuple[NDArray[np.uint32], NDArray[np.int32]]":
    known = list(texts)
    points = strings.array_of("".join(known).encode(_ENCODING, "surrogatepass"), np.uint32)
    return points, strings.starts_of(np.fromiter(map(len, known), np.int32, len(known)))


def _column(rows: "Sequence[tuple[Any, ...]]", number: int, kind: type) -> "NDArray[Any]":
    return np.fromiter((row[number] for row in rows), kind, len(rows))


def _ints(values: "array[int]") -> "NDArray[np.int32]":
    return np.array(values, np.int32)
