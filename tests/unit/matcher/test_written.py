"""What is written of matches is what msgspec writes of the same objects."""

import msgspec
import numpy as np
import pytest

from services.matcher.engine.engine import Engine
from services.matcher.engine.scoring import UNITS
from services.matcher.engine.strings import array_of
from services.matcher.engine.written import _put_number, _put_score
from shared.wire.match import Match
from shared.wire.profile import Profile, Rule, Term
from shared.wire.publication import Publication
from tests.unit.matcher.made import by, compiled, profile, publication


def written(wanted: Profile, *publications: Publication) -> list[Match]:
    """Return what is found, when what is written of it is what it should be."""
    (found,) = Engine(compiled(wanted)).find(publications)
    matches = [match for of_one in found.matches() for match in of_one]
    assert found.json().splitlines() == list(map(msgspec.json.encode, matches))
    return matches


def test_every_score_is_written_as_msgspec_writes_it() -> None:
    for units in range(UNITS + 1):
        out = array_of(bytes(20), np.uint8)
        end = _put_score(out, 0, units)
        assert out[:end].tobytes() == msgspec.json.encode(units / UNITS)


@pytest.mark.parametrize("number", [0, 9, 10, 99, 100, 12_345, 2**31 - 1])
def test_a_number_is_written_in_decimal(number: int) -> None:
    out = array_of(bytes(20), np.uint8)
    assert out[: _put_number(out, 0, number)].tobytes() == str(number).encode()


@pytest.mark.parametrize(
    "odd", ['"', "\\", "\x00", "\x1f", "\x7f", "\n\r\t\b\f", "é", "电", "\u2028", "\ufffd", "𠮷", "/"]
)
def test_terms_ids_and_numbers_are_escaped_where_they_must_be(odd: str) -> None:
    printable = "".join(character for character in odd if character.isprintable())
    wanted = Profile(id=f"p{printable}", rules=(Rule(groups=((f"a{odd}b",),)),))
    (match,) = written(wanted, publication(f"a{odd}b", publication_number=f"CN{odd}"))
    assert (match.profile_id, match.publication_number, match.evidence[0].term) == (
        f"p{printable}",
        f"CN{odd}",
        f"a{odd}b",
    )


def test_every_kind_of_evidence_and_many_values_are_written() -> None:
    rule = {"ipc": ("H01M*",), "applicants": ("华为",), "regions": ("44",)}
    wanted = profile(("电池", Term(text="锂电池", synonyms=("蓄电池",), weight=0.37)), **rule)
    symbols = tuple(f"H01M{number}/00" for number in range(1, 13))
    (match,) = written(wanted, publication("电池、电池组、蓄电池", ipc=symbols, applicants=by() * 11))
    assert {"title", "ipc[11]", "applicants[10].name", "applicants[10].region"} <= {hit.field for hit in match.evidence}


def test_a_match_without_evidence_is_written_with_an_empty_list() -> None:
    (match,) = written(profile(kinds=("A",)), publication())
    assert match.evidence == ()
    engine = Engine(compiled(profile(("电池",))))
    (found,) = engine.find([publication("电池")], evidence=False)
    assert found.json() == msgspec.json.encode(found.matches()[0][0]) + b"\n"
