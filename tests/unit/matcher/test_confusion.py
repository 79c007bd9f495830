from itertools import permutations

import pytest

from services.matcher.engine import confusion
from services.matcher.engine.confusion import Likeness, likeness
from services.matcher.engine.text import normalise
from tools import make_sounds


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("碳", "炭", Likeness.FORM),
        ("像", "象", Likeness.FORM),
        ("形", "型", Likeness.FORM),
        ("留", "流", Likeness.SLIP),
        ("冷", "泠", Likeness.SLIP),
        ("机", "极", Likeness.SYLLABLE),
        ("机", "车", None),
        ("锂", "钠", None),
        ("硒", "锡", None),
        ("钠", "纳", Likeness.SLIP),
        ("无", "物", None),
        ("有", "友", None),
        ("和", "合", None),
        ("式", "试", None),
        ("三", "叁", None),
        ("机", "机", None),
    ],
)
def test_characters_are_alike_by_form_sound_or_not_at_all(one: str, other: str, expected: Likeness | None) -> None:
    assert likeness(one, other) == likeness(other, one) == expected


def test_all_pairs_at_once_are_those_that_are_alike_one_by_one() -> None:
    typed, meant, alike = confusion.pairs()
    got = dict(zip(zip(map(chr, typed.tolist()), map(chr, meant.tolist()), strict=True), alike.tolist(), strict=True))
    members: dict[int, list[str]] = {}
    for character, numbers in confusion.groups().items():
        for number in numbers:
            members.setdefault(number, []).append(character)
    candidates = {pair for group in members.values() for pair in permutations(group, 2)}
    assert got == {pair: found for pair in candidates if (found := likeness(*pair)) is not None}


def test_what_is_in_no_group_together_is_not_alike() -> None:
    characters = sorted(confusion.groups())[::40]
    for one, other in permutations(characters, 2):
        if confusion.groups()[one].keys().isdisjoint(confusion.groups()[other]):
            assert likeness(one, other) is None


def test_graphic_variants_are_many_and_all_simplified() -> None:
    drawn = {frozenset(pair) for pair in confusion.drawn_alike()}
    assert len(drawn) >= 150
    assert all(normalise(character) == character for pair in drawn for character in pair)


def test_the_table_of_sounds_is_what_its_script_makes() -> None:
    assert make_sounds.make() == make_sounds.TARGET.read_text("utf-8")
