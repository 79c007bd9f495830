"""What a keyword asks of a hit, and what a hit is: two small scales and which meets which.

A hit's *code* is its `Place` when the keyword stands there itself, or `VARIANT`, `LOOSE_VARIANT` when a close variant of it does.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from services.matcher.engine.terms import Place
from shared.wire.match import HitKind
from shared.wire.profile import Fuzziness, TermMatch

if TYPE_CHECKING:
    from shared.wire.profile import Term

VARIANT = 3
LOOSE_VARIANT = 4

KINDS = (
    *(HitKind.ANYWHERE, HitKind.AFFIX, HitKind.WORD, HitKind.FUZZY, HitKind.FUZZY),
    HitKind.SYNONYM,
    *(HitKind.IPC, HitKind.APPLICANT, HitKind.REGION),
)
"""What evidence is called: of a hit, by its code; of a synonym's hit, whatever its code; of a value, by its field."""

SYNONYM = 5
"""The position of synonyms in `KINDS`."""

VALUE = 3
"""The position of a value's kind in `KINDS`, counted from its `Field`."""


MOST_HITS = 50
"""Of one text in one field so many hits of each code are looked at, the first ones, and so many of all that count: nobody reads
more, and a text of a million characters must not make a match of a million pieces of evidence."""

CODES = 5
"""How many codes there are."""


class Need(IntEnum):
    """What a keyword asks for."""

    ANYWHERE = 0
    DEFAULT = 1
    WORD = 2
    NORMAL = 3
    LOOSE = 4


MEETS = {
    Need.ANYWHERE: (Place.LOOSE, Place.AFFIX, Place.WORD),
    Need.DEFAULT: (Place.AFFIX, Place.WORD),
    Need.WORD: (Place.WORD,),
    Need.NORMAL: (Place.AFFIX, Place.WORD, VARIANT),
    Need.LOOSE: (Place.AFFIX, Place.WORD, VARIANT, LOOSE_VARIANT),
}
"""Need → the codes that meet it."""

_OF_MATCH = {TermMatch.ANYWHERE: Need.ANYWHERE, TermMatch.DEFAULT: Need.DEFAULT, TermMatch.WORD: Need.WORD}
_OF_FUZZINESS = {Fuzziness.OFF: Need.DEFAULT, Fuzziness.NORMAL: Need.NORMAL, Fuzziness.LOOSE: Need.LOOSE}


def need_of(term: "Term", fuzziness: Fuzziness) -> Need:
    """Say what a term asks for in a profile of this fuzziness.

    A default term follows the profile; one that says ``fuzzy`` is varied even where the profile does not ask for it.
    """
    if term.match is TermMatch.FUZZY:
        return max(Need.NORMAL, _OF_FUZZINESS[fuzziness])
    if term.match is TermMatch.DEFAULT:
        return _OF_FUZZINESS[fuzziness]
    return _OF_MATCH[term.match]


def need_of_synonym(need: Need) -> Need:
    """Say what a synonym of such a term asks for: it is never varied, for that would be two steps away from the term."""
    return Need.DEFAULT if need in (Need.NORMAL, Need.LOOSE) else need


def need_in_ring(need: Need) -> Need:
    """Say what the other members of such a term's synonym rings ask for: a word where the term must be one, else the default."""
    return Need.WORD if need is Need.WORD else Need.DEFAULT
