"""What a publication gives never depends on its neighbours, on the size of a batch, or on the pieces it is told in."""

from random import Random

import pytest
from hypothesis import given

from services.matcher.engine import engine as module
from services.matcher.engine.engine import Engine
from shared.wire.match import Match
from shared.wire.publication import Publication
from tests.property.matcher.cases import Cases
from tests.property.matcher.held import PROFILES, examples, hold, randoms, specified

BATCH = 12


def one_by_one(engine: Engine, publications: list[Publication]) -> list[list[Match]]:
    return [matches for one in publications for matches in engine.match([one])]


@examples(0.7)
@given(randoms)
def test_how_publications_are_batched_changes_nothing(random: Random) -> None:
    cases = Cases(random)
    engine, publications = Engine.compile(cases.profiles(PROFILES), cases.rings()), cases.publications(BATCH)
    whole = engine.match(publications)
    assert one_by_one(engine, publications) == whole
    for size in (2, random.randint(3, BATCH)):
        batches = [publications[at : at + size] for at in range(0, len(publications), size)]
        assert [matches for batch in batches for matches in engine.match(batch)] == whole
    order = random.sample(range(BATCH), BATCH)
    assert engine.match([publications[at] for at in order]) == [whole[at] for at in order]


@examples(0.3)
@given(randoms)
def test_a_batch_told_in_pieces_says_the_same(random: Random) -> None:
    cases = Cases(random)
    profiles, rings, publications = cases.profiles(PROFILES), cases.rings(), cases.publications(BATCH)
    engine = Engine.compile(profiles, rings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROOM", random.choice((0, 3, 30)))
        patch.setattr(module, "MOST_CHARACTERS", random.choice((1, 60, 500)))
        pieces = list(engine.find(publications))
    assert [one for piece in pieces for one in piece.publications] == publications
    hold(pieces, specified(profiles, publications, rings), profiles)


def test_pieces_hold_no_more_than_there_is_room_for_and_one_publication_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = Cases(Random(1))
    engine, publications = Engine.compile(cases.profiles(60), cases.rings()), cases.publications(60)
    rows = [_rows(engine, [one]) for one in publications]
    monkeypatch.setattr(module, "ROOM", 100)
    pieces = list(engine.find(publications))
    assert len(pieces) > 3
    for piece in pieces:
        of_piece = sum(rows[publications.index(one)] for one in piece.publications[:-1])
        assert of_piece <= 100


def _rows(engine: Engine, publications: list[Publication]) -> int:
    """Return the matches and pieces of evidence of some publications, those that are not told included at most."""
    return sum(1 + len(match.evidence) for matches in engine.match(publications) for match in matches)
