"""The engine: a whole batch against all profiles at once, equal to the oracle."""

from typing import TYPE_CHECKING

from services.matcher.engine.batch import read_batch
from services.matcher.engine.draft import Draft
from services.matcher.engine.found import Found
from services.matcher.engine.searcher import Searcher
from services.matcher.rings.rings import Rings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from services.matcher.engine.batch import Batch
    from services.matcher.engine.index import Index
    from shared.wire.match import Match
    from shared.wire.profile import Profile
    from shared.wire.publication import Publication

ROOM = 2_000_000
"""Matches and pieces of evidence that are made before they are handed on: some 50 MB."""

MOST_CHARACTERS = 500_000
"""Characters of text that are read at once, if a single publication has not more: some 30 MB."""


def find(
    searchers: "Sequence[Searcher]", publications: "Sequence[Publication]", *, evidence: bool = True
) -> "Iterator[Found]":
    """Match a batch of any size; no publication's result depends on the others.

    Args:
        searchers: one at least; a profile may be alive in one of them only.
        publications: the batch.
        evidence: leave evidence out to save the making of it.

    Yields:
        What was found, for consecutive publications: one piece, unless there is very much to read or to say.
    """
    for together in readable(publications):
        yield from find_in(searchers, read_batch(together), together, evidence=evidence)


def find_in(
    searchers: "Sequence[Searcher]", batch: "Batch", together: "Sequence[Publication]", *, evidence: bool = True
) -> "Iterator[Found]":
    """Match publications that were read already; see `find`."""
    busy = [searcher for searcher in searchers if len(searcher)] or searchers[:1]
    looked = [searcher.look(batch, together) for searcher in busy]
    first = 0
    while first < len(together):
        lead = busy[0].hold(looked[0], first, len(together), evidence=evidence, room=ROOM)
        end = first + lead.done
        parts = [(busy[0].index, lead)]
        for searcher, what in zip(busy[1:], looked[1:], strict=True):
            parts.append((searcher.index, searcher.hold(what, first, end, evidence=evidence)))
        yield Found(together, first, parts)
        first = end


def readable(publications: "Sequence[Publication]") -> "Iterator[Sequence[Publication]]":
    """Cut a batch into pieces of at most `MOST_CHARACTERS`, or of one publication."""
    first, characters = 0, 0
    for number, one in enumerate(publications):
        more = len(one.title) + len(one.abstract or "") + len(one.claim or "")
        if number > first and characters + more > MOST_CHARACTERS:
            yield publications[first:number]
            first, characters = number, 0
        characters += more
    if first < len(publications):
        yield publications[first:]


def compile_profiles(profiles: "Iterable[Profile]", rings: Rings) -> "Index":
    """Compile profiles; of those with the same id the last counts."""
    draft = Draft(rings)
    for profile in profiles:
        draft.add(profile)
    return draft.index()


class Engine:
    """Profiles that do not change; see `LiveEngine` for those that do."""

    def __init__(self, index: "Index") -> None:
        self._searcher = Searcher(index)

    @classmethod
    def compile(cls, profiles: "Iterable[Profile]", rings: Rings | None = None) -> "Engine":
        """Build an engine; without rings no term has synonyms but its own."""
        return cls(compile_profiles(profiles, Rings() if rings is None else rings))

    def __len__(self) -> int:
        return len(self._searcher)

    def find(self, publications: "Sequence[Publication]", *, evidence: bool = True) -> "Iterator[Found]":
        """Match a batch; see `find`."""
        return find([self._searcher], publications, evidence=evidence)

    def match(self, publications: "Sequence[Publication]") -> "list[list[Match]]":
        """Return each publication's matches, in order; within one, by score descending, then profile id."""
        return [matches for found in self.find(publications) for matches in found.matches()]
