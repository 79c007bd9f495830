"""The miner: reads the stream twice, first for definitions, then for how often their terms stand elsewhere."""

from collections import defaultdict
from typing import TYPE_CHECKING

from services.matcher.engine.text import normalise, normalise_term
from services.matcher.rings.check import is_too_short
from services.matcher.rings.mining.choice import AGREEING_PUBLICATIONS, Candidate, choose
from services.matcher.rings.mining.definitions import definitions
from services.matcher.rings.mining.places import (
    Groups,
    Seen,
    commonest,
    cut,
    proposal_of,
    publications_of,
    without_modifiers,
)
from services.matcher.rings.mining.runs import is_generic
from services.matcher.rings.mining.usage import Usages
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.matcher.rings.mining.proposal import Proposal
    from services.matcher.rings.rings import Rings
    from shared.wire.publication import Publication


class Miner:
    """Give it every publication with `read`, then every one again with `count`, then ask for `proposals`.

    Attributes:
        known: definitions whose terms a ring holds already; counted by `proposals`.
    """

    def __init__(self, rings: "Rings") -> None:
        self.known = 0
        self._rings = rings
        self._seen: list[Seen] = []
        self._usages: Usages | None = None

    def read(self, publications: "Iterable[Publication]") -> None:
        """Collect definitions."""
        for publication in publications:
            for name, text in _texts(publication):
                for one in definitions(text, is_title=name == "title"):
                    self._seen.append(cut(publication.publication_number, name, text, one))

    def count(self, publications: "Iterable[Publication]") -> None:
        """Count where else the runs of words stand that may be terms."""
        if self._usages is None:
            self._usages = Usages(sorted({normalise(text) for one in self._seen for text in one.texts}))
        for publication in publications:
            for _, text in _texts(publication):
                self._usages.count(normalise(text))

    def proposals(self, *, least_publications: int = 1) -> "list[Proposal]":
        """Return what at least so many publications say and no ring holds yet, most publications first.

        An abbreviation of two letters needs two publications: drawings use such letters as reference signs.
        """
        self.known = 0
        groups = without_modifiers(self._groups())
        terms_of_name: dict[str, list[str]] = defaultdict(list)
        for (name, _), places in groups.items():
            terms_of_name[name].append(commonest(term for term, _ in places))
        found = []
        for (name, term), places in groups.items():
            least = max(least_publications, AGREEING_PUBLICATIONS if is_too_short(name) else 1)
            if self._are_one(term, name):
                self.known += len(places)
            elif publications_of(places) >= least:
                found.append(proposal_of(places, terms_of_name[name]))
        return sorted(found, key=lambda one: (-one.publications, -one.occurrences, one.members))

    def _groups(self) -> Groups:
        agreed: dict[tuple[str, str], set[str]] = defaultdict(set)
        bounded: set[tuple[str, str]] = set()
        for one in self._seen:
            for text, run in zip(one.texts, one.runs, strict=True):
                agreed[one.name, normalise(text)].add(one.publication)
                if run.is_bounded:
                    bounded.add((one.name, normalise(text)))
        usages = self._usages or Usages([])
        groups: Groups = defaultdict(list)
        for one in self._seen:
            candidates = [
                Candidate(text, run, len(agreed[key]) if key in bounded else 0, usages.is_free(key[1]))
                for text, run in zip(one.texts, one.runs, strict=True)
                for key in ((one.name, normalise(text)),)
            ]
            term = choose(candidates, one.names[0], self._are_one)
            if term is not None and not is_generic(term) and normalise_term(term) != one.name:
                groups[one.name, normalise_term(term)].append((term, one))
        return groups

    def _are_one(self, term: str, name: str) -> bool:
        plain = normalise_term(name)
        return any(normalise_term(other) == plain for other in self._rings.synonyms_of(term))


def _texts(publication: "Publication") -> "Iterator[tuple[str, str]]":
    for name in TEXT_FIELDS:
        text: str | None = getattr(publication, name)
        if text:
            yield name, text
