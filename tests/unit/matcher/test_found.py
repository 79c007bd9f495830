"""What a batch gave, asked in every way."""

import msgspec
import numpy as np

from services.matcher.engine.engine import Engine
from shared.wire.profile import Profile
from tests.unit.matcher.made import compiled, live, publication, wanting

PROFILES = (wanting("b", "电池", name="乙"), wanting("a", "电池", name='甲"'), wanting("z", "蓄电池", name=""))
PUBLICATIONS = [publication("电机"), publication("蓄电池和电池"), publication("电池", publication_number="CN2A")]


def ids(*profiles: Profile) -> list[str]:
    return [one.id for one in profiles]


def test_all_ways_of_asking_give_the_same_order() -> None:
    b, a, z = PROFILES
    live_engine = live(b)
    live_engine.apply([(one.id, one) for one in (a, z)])
    for found in (*Engine(compiled(*PROFILES)).find(PUBLICATIONS), *live_engine.match(PUBLICATIONS)):
        matches = found.matches()
        assert [[match.profile_id for match in of_one] for of_one in matches] == [[], ids(z, a, b), ids(a, b)]
        lines = [[msgspec.json.encode(match) for match in of_one] for of_one in matches]
        assert found.json_lines() == lines
        assert found.json().splitlines() == [line for of_one in lines for line in of_one]
        z_named, a_named, b_named = b'"z":""', '"a":"甲\\""'.encode(), '"b":"乙"'.encode()
        assert found.names() == [[], [z_named, a_named, b_named], [a_named, b_named]]
        assert (len(found), found.publications) == (5, PUBLICATIONS)


def test_json_is_written_into_the_room_that_is_given_or_elsewhere_where_that_is_too_small() -> None:
    (found,) = Engine(compiled(*PROFILES)).find(PUBLICATIONS)
    for size in (1 << 20, 1 << 10, 0):
        room = np.zeros(size, np.uint8)
        (piece,) = found.json_pieces(lambda given=room: given)  # type: ignore[misc]
        assert bytes(piece) == found.json()
        assert np.shares_memory(np.frombuffer(piece, np.uint8), room) == (size == 1 << 20)


def test_of_profiles_with_the_same_id_the_last_counts() -> None:
    engine = Engine(compiled(wanting("a", "电池"), wanting("b", "电池"), wanting("a", "电机")))
    assert [[match.profile_id for match in of_one] for of_one in engine.match(PUBLICATIONS)] == [["a"], ["b"], ["b"]]
    assert len(engine) == 2


def test_nothing_found_is_nothing_said() -> None:
    for engine in (Engine(compiled()), Engine(compiled(wanting("a", "机床")))):
        (found,) = engine.find(PUBLICATIONS)
        assert (found.matches(), found.json(), found.json_lines(), found.names(), len(found)) == (
            [[], [], []],
            b"",
            [[], [], []],
            [[], [], []],
            0,
        )
