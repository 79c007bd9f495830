"""What a keyword asks of a hit, and what meets it."""

import pytest

from services.matcher.engine.conditions import Field
from services.matcher.engine.needs import (
    CODES,
    KINDS,
    LOOSE_VARIANT,
    MEETS,
    SYNONYM,
    VALUE,
    VARIANT,
    Need,
    need_in_ring,
    need_of,
    need_of_synonym,
)
from services.matcher.engine.terms import Place
from shared.wire.match import HitKind
from shared.wire.profile import Fuzziness, Term, TermMatch

OFF, NORMAL, LOOSE = Fuzziness.OFF, Fuzziness.NORMAL, Fuzziness.LOOSE


@pytest.mark.parametrize(
    ("match", "fuzziness", "need"),
    [
        (TermMatch.DEFAULT, OFF, Need.DEFAULT),
        (TermMatch.DEFAULT, NORMAL, Need.NORMAL),
        (TermMatch.DEFAULT, LOOSE, Need.LOOSE),
        (TermMatch.FUZZY, OFF, Need.NORMAL),
        (TermMatch.FUZZY, NORMAL, Need.NORMAL),
        (TermMatch.FUZZY, LOOSE, Need.LOOSE),
        (TermMatch.WORD, LOOSE, Need.WORD),
        (TermMatch.ANYWHERE, LOOSE, Need.ANYWHERE),
    ],
)
def test_a_term_asks_for_what_it_says_and_else_for_what_its_profile_says(
    match: TermMatch, fuzziness: Fuzziness, need: Need
) -> None:
    assert need_of(Term(text="电池", match=match), fuzziness) is need


@pytest.mark.parametrize("need", Need)
def test_what_stands_in_for_a_term_is_never_varied_and_a_member_of_a_ring_never_a_mere_piece(need: Need) -> None:
    assert VARIANT not in MEETS[need_of_synonym(need)]
    assert {VARIANT, Place.LOOSE}.isdisjoint(MEETS[need_in_ring(need)])
    assert (need_of_synonym(need) is Need.WORD) is (need is Need.WORD)
    assert (need_in_ring(need) is Need.WORD) is (need is Need.WORD)


def test_every_code_has_a_kind_and_meets_some_need_and_a_word_meets_all() -> None:
    assert {code for codes in MEETS.values() for code in codes} == set(range(CODES))
    assert all(Place.WORD in codes for codes in MEETS.values())
    kinds = {Place.LOOSE: HitKind.ANYWHERE, Place.AFFIX: HitKind.AFFIX, Place.WORD: HitKind.WORD}
    assert {place: KINDS[place] for place in Place} == kinds
    assert KINDS[VARIANT] is KINDS[LOOSE_VARIANT] is HitKind.FUZZY
    assert KINDS[SYNONYM] is HitKind.SYNONYM
    assert [KINDS[VALUE + field] for field in (Field.IPC, Field.APPLICANT, Field.REGION)] == [
        HitKind.IPC,
        HitKind.APPLICANT,
        HitKind.REGION,
    ]
