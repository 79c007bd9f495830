"""Where a keyword would count: asked of the specification of hits, not of the letters alone."""

from typing import TYPE_CHECKING

from services.matcher.engine.plain import CutText
from services.matcher.engine.terms import Place
from shared.wire.profile import TermMatch

if TYPE_CHECKING:
    from services.matcher.health.asked import AskedTerm

LEAST_PLACE = {
    TermMatch.WORD: Place.WORD,
    TermMatch.DEFAULT: Place.AFFIX,
    TermMatch.FUZZY: Place.AFFIX,
    TermMatch.ANYWHERE: Place.LOOSE,
}
"""The lowest place in which a term's own text counts."""


def hits_within(term: "AskedTerm", text: str) -> bool:
    """Whether a keyword, itself or by a synonym of its own, counts where this normalised text stands alone."""
    least = LEAST_PLACE[term.term.match]
    wanted = [own for own in (term.plain, *term.synonyms) if own and own in text]
    if not wanted:
        return False
    cut = CutText(text)
    return any(
        cut.place(at, at + len(own)) >= least for own in wanted for at in range(len(text)) if text.startswith(own, at)
    )
