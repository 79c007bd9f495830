"""Where a match stands in a text, for the eye."""

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from shared.divisions import called
from shared.wire.match import HitKind
from shared.wording.items import MAX_TITLE, highlight

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.wire.match import Evidence

SNIPPET_CHARACTERS = 160
"""What is shown of an abstract or a claim around its first hit."""

_LEAD_CHARACTERS = 30


def marked(text: str, evidence: "Iterable[Evidence]", field: str, limit: int | None = None) -> Markup:
    """Return a text with its hits in ``<mark>``, and everything else escaped.

    Args:
        text: the field as given.
        evidence: of the match; what stands in other fields is passed over.
        field: ``title``, ``abstract``, ``claim``, ``applicants[0].name`` …
        limit: shows no more characters than these, those around the first hit.
    """
    hits = [(hit.start, hit.end) for hit in evidence if hit.field == field]
    before = after = ""
    if limit is not None and len(text) > limit:
        first = min((start for start, _ in hits), default=0)
        begin = max(0, min(first - _LEAD_CHARACTERS, len(text) - limit))
        before, after = "…" if begin else "", "…" if begin + limit < len(text) else ""
        hits = [
            (max(0, start - begin), min(limit, end - begin)) for start, end in hits if begin <= start < begin + limit
        ]
        text = text[begin : begin + limit]
    pieces = (
        f"<mark>{escape(segment.text)}</mark>" if segment.hit else escape(segment.text)
        for segment in highlight(text, hits, most=limit or MAX_TITLE)
    )
    return Markup(f"{before}{''.join(pieces)}{after}")  # noqa: S704 - a page has hundreds; every text in it is escaped


def hit_terms(evidence: "Iterable[Evidence]", language: str) -> list[str]:
    """Return what was hit, each once; regions by their names."""
    return list(
        dict.fromkeys(called(hit.term, language) if hit.kind is HitKind.REGION else hit.term for hit in evidence)
    )
