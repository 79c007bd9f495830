"""What is known of a company: its publications, their classes and words, and who else works there."""

from collections import Counter
from typing import TYPE_CHECKING

from services.matcher.engine import applicants, ipc, scheme
from services.matcher.engine.conditions import Field
from services.matcher.lookback.classes import place_of
from services.matcher.lookback.counting import sampled
from services.matcher.lookback.holding import number_with
from services.matcher.lookback.values import value_key
from services.matcher.lookback.wanted import with_any
from services.matcher.lookback.words import telling
from shared.advice import Holder, Related, Suggestion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from services.matcher.lookback.past import Past
    from services.matcher.lookback.segment import Segment
    from shared.wire.publication import Publication

SAMPLE = 500
"""Publications that are read, of the company and of its field."""
_PLACES, _TERMS, _OTHERS, _FIELD = 10, 12, 10, 3


class _Having:
    """Names the documents that have one of some bibliographic keys."""

    def __init__(self, keys: "list[str]") -> None:
        self._keys = list(map(value_key, keys))

    def documents(self, segment: "Segment") -> "NDArray[np.bool_]":
        return with_any(segment, self._keys)


def holder(past: "Past", name: str) -> Holder:
    """Return what is known of a company, by the names by which a profile would find it."""
    own = past.find(_Having([f"{Field.APPLICANT:d}{key}" for key in applicants.pattern_keys(name)]))
    publications = past.publications(sampled(own, SAMPLE))
    scale = len(own) / len(publications) if publications else 1.0
    groups = Counter(group for one in publications for group in {_main_group(symbol) for symbol in one.ipc} if group)
    terms = telling(publications, _TERMS)
    return Holder(
        name=name,
        publications=len(own),
        ipc=tuple((place_of(group, past), round(scale * times)) for group, times in groups.most_common(_PLACES)),
        terms=tuple(Suggestion(text=term, related=Related.TOGETHER, count=number_with(past, term)) for term in terms),
        together=_others(past, name, [group for group, _ in groups.most_common(_FIELD)]),
    )


def _main_group(symbol: str) -> str | None:
    plain = ipc.canonical(symbol)
    return None if plain is None or "/" not in plain else f"{plain.partition('/')[0]}/{scheme.MAIN_GROUP}"


def _others(past: "Past", name: str, groups: list[str]) -> tuple[tuple[str, int], ...]:
    """Return who else publishes in these main groups, and about how much."""
    if not groups:
        return ()
    field = past.find(_Having([f"{Field.IPC:d}{group}*" for group in groups]))
    publications = past.publications(sampled(field, SAMPLE))
    found: Counter[str] = Counter()
    for one in publications:
        found.update({applicant.name for applicant in one.applicants if _is_other(name, applicant.name, one)})
    scale = len(field) / len(publications)
    return tuple((other, round(scale * times)) for other, times in found.most_common(_OTHERS))


def _is_other(name: str, applicant: str, publication: "Publication") -> bool:
    types = {one.name: one.type for one in publication.applicants}
    return types[applicant] != "person" and not applicants.fits(name, applicant)
