"""Places where definitions stand, put together by term and name, and made into proposals."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.matcher.engine.text import normalise_term
from services.matcher.rings.mining.proposal import Example, Proposal, marked
from services.matcher.rings.ring import ring_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.matcher.rings.mining.definitions import Definition
    from services.matcher.rings.mining.runs import Run

MAX_EXAMPLES = 3
SNIPPET_CHARACTERS = 20
"""Shown on either side of a definition."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A definition, cut out of its text: the runs that may be the term, and the same as texts."""

    publication: str
    field: str
    runs: "tuple[Run, ...]"
    texts: tuple[str, ...]
    names: tuple[str, ...]
    snippet: str

    @property
    def name(self) -> str:
        """The name that is given, normalised."""
        return normalise_term(self.names[0])


Groups = dict[tuple[str, str], list[tuple[str, Seen]]]
"""(name, term), both normalised → the places where it is said, each with the term as written."""


def cut(publication: str, name: str, text: str, found: "Definition") -> Seen:
    """Keep of a definition what is needed once its text is gone."""
    begin, end = max(0, found.start - SNIPPET_CHARACTERS), found.end + SNIPPET_CHARACTERS
    return Seen(
        publication=publication,
        field=name,
        runs=found.runs,
        texts=tuple(text[run.start : found.term_end] for run in found.runs),
        names=found.names,
        snippet=" ".join(text[begin:end].split()),
    )


def without_modifiers(groups: Groups) -> Groups:
    """Put 车载激光雷达 = LiDAR to 激光雷达 = LiDAR where at least as many publications say the shorter."""
    merged = dict(groups)
    for name, long in sorted(groups, key=lambda key: -len(key[1])):
        inner = [key for key in merged if key[0] == name and key[1] != long and long.endswith(key[1])]
        best = max(inner, key=lambda key: publications_of(merged[key]), default=None)
        if best is not None and publications_of(merged[best]) >= publications_of(merged[name, long]):
            merged[best] = [*merged[best], *((best[1], one) for _, one in merged.pop((name, long)))]
    return merged


def publications_of(places: "list[tuple[str, Seen]]") -> int:
    """Return how many publications these places are in."""
    return len({one.publication for _, one in places})


def commonest(texts: "Iterable[str]") -> str:
    """Return the text that is most frequent, the first of equals."""
    return Counter(texts).most_common(1)[0][0]


def proposal_of(places: "list[tuple[str, Seen]]", terms: list[str]) -> Proposal:
    """Make the proposal of one term and one name; `terms` are all that share the name."""
    term = commonest(term for term, _ in places)
    phrases = Counter(phrase for _, one in places for phrase in one.names[1:])
    members = (term, commonest(one.names[0] for _, one in places), *(phrase for phrase, _ in phrases.most_common(1)))
    first_of_each = {one.publication: one for _, one in reversed(places)}
    shown = [*first_of_each.values()][::-1][:MAX_EXAMPLES]
    return Proposal(
        id=ring_id(members[:2]),
        members=members,
        publications=publications_of(places),
        occurrences=len(places),
        examples=tuple(
            Example(publication_number=one.publication, field=one.field, text=marked(one.snippet, members))
            for one in shown
        ),
        rivals=tuple(other for other in terms if other != term),
    )
