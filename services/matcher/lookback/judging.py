"""Documents held against a profile by the engine itself, with the tokens that the index kept."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.batch import read_batch
from services.matcher.engine.engine import compile_profiles, find, find_in, readable
from services.matcher.engine.searcher import Searcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from services.matcher.lookback.past import Past, Places
    from services.matcher.rings.rings import Rings
    from shared.wire.match import Match
    from shared.wire.profile import Profile
    from shared.wire.publication import Publication

AT_ONCE = 1_000
"""Publications that are decoded at once."""

NO_MATCH = -1.0


class Judge:
    """One profile, compiled. One thread at a time may use it."""

    def __init__(self, profile: "Profile", rings: "Rings") -> None:
        self._searchers = [Searcher(compile_profiles([profile], rings))]

    def scores(self, past: "Past", places: "Places") -> "NDArray[np.float64]":
        """Return the score of each match, `NO_MATCH` where there is none."""
        scores = [np.zeros(0)]
        for number, documents in places.by_segment():
            segment = past.kept[number].segment
            for first in range(0, len(documents), AT_ONCE):
                some = documents[first : first + AT_ONCE]
                publications = list(map(segment.publication, some.tolist()))
                done = 0
                for together in readable(publications):
                    batch = read_batch(together, segment.boundary(some[done : done + len(together)]))
                    done += len(together)
                    found = find_in(self._searchers, batch, together, evidence=False)
                    scores += [piece.best_scores() for piece in found]
        return np.concatenate(scores)

    def matches(self, publications: "Sequence[Publication]") -> "list[Match | None]":
        """Return the match of each publication, with its evidence."""
        of_each = (matches for found in find(self._searchers, publications) for matches in found.matches())
        return [matches[0] if matches else None for matches in of_each]
