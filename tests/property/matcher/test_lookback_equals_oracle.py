"""Looking back finds what the oracle finds in each stored publication, however the index came to be."""

from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import given

from services.matcher.engine.oracle import evaluate
from services.matcher.lookback.counting import count
from services.matcher.lookback.judging import NO_MATCH, Judge
from services.matcher.lookback.merging import merged
from services.matcher.lookback.past import Contents, Kept, Part, Past
from services.matcher.lookback.wanted import Wanted
from services.matcher.rings import Rings
from shared.wire.profile import Profile
from shared.wire.publication import Publication
from tests.property.matcher import gazette
from tests.property.matcher.cases import Cases
from tests.property.matcher.held import examples, randoms
from tests.unit.matcher.lookback.made import past_of

PROFILES = 6
PUBLICATIONS = 10


def storable(publication: Publication) -> bool:
    """Whether a store could hold it: no lone half of a surrogate pair."""
    try:
        msgspec.msgpack.encode(publication)
    except UnicodeEncodeError:
        return False
    return True


def found(past: Past, profile: Profile, rings: Rings) -> list[tuple[str, float]]:
    """Return number and score of all that is found, in order."""
    places = past.find(Wanted.of(profile, rings))
    scores = Judge(profile, rings).scores(past, places)
    numbers = [one.publication_number for one in past.publications(places)]
    return sorted((number, score) for number, score in zip(numbers, scores.tolist(), strict=True) if score != NO_MATCH)


def specified(publications: list[Publication], profile: Profile, rings: Rings) -> list[tuple[str, float]]:
    """Ask the specification about each publication."""
    matches = (evaluate(profile, one, rings) for one in publications)
    return sorted((match.publication_number, match.score) for match in matches if match is not None)


def hold_to_the_oracle(cases: Cases, random: Random) -> None:
    rings, publications = cases.rings(), list(filter(storable, cases.publications(PUBLICATIONS)))
    cut = random.randint(0, len(publications))
    gone = [(number, 0) for number, some in enumerate((publications[:cut], publications[cut:])) if some]
    gone = [one for one in gone if random.random() < 0.3]
    past = past_of(publications[:cut], publications[cut:], gone=gone)
    left = [one for at, one in enumerate(publications) if ((0, at) if at < cut else (1, at - cut)) not in gone]
    whole = merged([kept.segment for kept in past.kept], [np.flatnonzero(kept.alive) for kept in past.kept])
    together = Past(Contents(made_by=""), (Kept(Part(name=""), whole, np.ones(len(whole), np.bool_)),))
    for profile in cases.profiles(PROFILES):
        expected = specified(left, profile, rings)
        assert found(past, profile, rings) == expected
        assert found(together, profile, rings) == expected
        assert count(past, profile, rings, None).matches == len(expected)


@examples(0.5)
@given(randoms)
def test_looking_back_finds_what_the_oracle_finds(random: Random) -> None:
    hold_to_the_oracle(Cases(random), random)


@examples(0.3)
@given(randoms)
def test_looking_back_finds_what_the_oracle_finds_on_odd_characters(random: Random) -> None:
    hold_to_the_oracle(Cases(random, odd=0.7), random)


@pytest.mark.data
@examples(0.1)
@given(randoms)
def test_looking_back_finds_what_the_oracle_finds_in_real_texts(random: Random) -> None:
    hold_to_the_oracle(Cases(random, gazette.titles(), gazette.abstracts()), random)
