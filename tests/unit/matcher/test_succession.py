"""The table of moves is sound: everything it names exists, lines mean what their kind says, and nothing goes round in circles."""

from collections import Counter

import pytest

from services.matcher.engine import scheme
from services.matcher.engine.ipc import canonical
from services.matcher.engine.succession import Kind, earlier, later, moves
from tests.reference import reference

NEW_PLACES = {place for move in moves() for place in move.new}


def test_every_place_is_written_canonically_and_is_known() -> None:
    places = [place for move in moves() for place in (move.old, *move.new)]
    assert [place for place in places if canonical(place) != place or not scheme.is_known(place)] == []


@pytest.mark.data
def test_every_new_place_is_of_an_edition_and_every_old_one_of_an_edition_or_the_list_of_deleted_places() -> None:
    of_2026 = {row.partition("\t")[0] for row in reference("ipc", "ipc_2026.01_zh.tsv").read_text("utf-8").splitlines()}
    of_2023 = {
        row.partition("\t")[0] for row in reference("ipc", "ipc_2023_levels.tsv").read_text("utf-8").splitlines()
    }
    assert NEW_PLACES - of_2026 - of_2023 == set()
    gone = {move.old for move in moves()} - of_2026 - of_2023
    assert [place for place in gone if not scheme.is_known(place)] == []


def test_a_line_has_as_many_new_places_as_its_kind_says() -> None:
    wrong = [m for m in moves() if (len(m.new) == 1) != (m.kind is not Kind.SPLIT) and m.kind is not Kind.PART]
    assert wrong == []


def test_no_two_lines_say_the_same_of_one_place_and_same_is_one_to_one() -> None:
    assert max(Counter((move.old, move.kind) for move in moves()).values()) == 1
    assert max(Counter(move.new[0] for move in moves() if move.kind is Kind.SAME).values()) == 1


def test_no_place_is_reached_from_itself() -> None:
    for place in NEW_PLACES | {move.old for move in moves()}:
        assert place not in {*later(place), *earlier(place)}


def test_a_split_place_is_found_by_what_all_its_parts_have_in_common() -> None:
    assert list(later("H04L29/06")) == ["H04L"]
    assert list(later("H01L21/02")) == ["H10"]


def test_of_a_place_that_moved_in_part_nothing_is_taken_forward() -> None:
    assert list(later("B22F3/105")) == []
    assert list(earlier("B22F10/28")) == ["B22F3/105"]


def test_of_the_places_above_an_old_one_only_those_dissolved_with_it_are_taken() -> None:
    assert list(earlier("H10K50/11")) == ["H01L51/50", "H01L51/00", "H01L"]
    assert list(earlier("G06F40/30")) == ["G06F17/27"]
    assert list(earlier("H01M50/209")) == ["H01M2/10", "H01M2/00"]


def test_editions_are_written_as_the_office_writes_them() -> None:
    assert {move.edition for move in moves()} >= {"2023.01", "2025.01", "2026.01"}
    assert all(len(move.edition) == 7 and move.edition[4:] == ".01" for move in moves())
