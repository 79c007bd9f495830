"""The specification, executable: one profile on one publication, slow and obvious.

The engine must return exactly what this returns: the same matches, the same evidence, the same scores.
"""

from typing import TYPE_CHECKING

from services.matcher.engine import bibliography
from services.matcher.engine.scoring import hit_score, rule_score
from services.matcher.engine.segment import tokens
from services.matcher.engine.terms import KIND, NEEDED, place_of
from services.matcher.engine.text import normalise, normalise_term
from shared.wire.match import Evidence, HitKind, Match
from shared.wire.profile import TEXT_FIELDS, as_term

if TYPE_CHECKING:
    from shared.wire.profile import Profile, Rule, Term
    from shared.wire.publication import Publication


def evaluate(profile: "Profile", publication: "Publication") -> Match | None:
    """Return the profile's match: by the rule that scores best, the first of equals; ``None`` when no rule holds."""
    best: Match | None = None
    for number, rule in enumerate(profile.rules):
        held = _hold(rule, profile.fields, publication)
        if held is not None and held[0] >= profile.min_score and (best is None or held[0] > best.score):
            best = Match(
                profile_id=profile.id,
                publication_number=publication.publication_number,
                score=held[0],
                rule=number,
                evidence=held[1],
            )
    return best


def _hold(
    rule: "Rule", fields: tuple[str, ...], publication: "Publication"
) -> tuple[float, tuple[Evidence, ...]] | None:
    """Return score and evidence of a rule that holds."""
    if not bibliography.holds(rule, publication):
        return None
    if any(term_hits(as_term(term), fields, publication) for term in rule.none):
        return None
    best: dict[tuple[int, int, int], float] = {}
    evidence: list[Evidence] = []
    for g, group in enumerate(rule.groups):
        hits_of_group = [term_hits(as_term(term), fields, publication) for term in group]
        if not any(hits_of_group):
            return None
        for t, hits in enumerate(hits_of_group):
            for hit in hits:
                place = g, t, TEXT_FIELDS.index(hit.field)
                best[place] = max(best.get(place, 0.0), hit.score)
            evidence += hits
    return rule_score(len(rule.groups), best), (*one_for_each_span(evidence), *bibliography.evidence(rule, publication))


def term_hits(term: "Term", fields: tuple[str, ...], publication: "Publication") -> list[Evidence]:
    """Return every hit of a term, or of a synonym of it, that counts."""
    hits = []
    for field in TEXT_FIELDS:
        given: str | None = getattr(publication, field)
        if field not in fields or given is None:
            continue
        text = normalise(given)
        cut = tokens(text)
        for number, wanted in enumerate((term.text, *term.synonyms)):
            needle = normalise_term(wanted)
            if not needle:
                continue
            for start in (at for at in range(len(text)) if text.startswith(needle, at)):
                end = start + len(needle)
                place = place_of(text, cut, start, end)
                if place < NEEDED[term.match]:
                    continue
                kind = HitKind.SYNONYM if number else KIND[place]
                score = hit_score(kind, term.weight)
                hits.append(Evidence(term=term.text, field=field, start=start, end=end, kind=kind, score=score))
    return hits


def one_for_each_span(evidence: list[Evidence]) -> list[Evidence]:
    """Put keyword evidence in order; of the same term on the same span only the best remains."""
    ordered = sorted(
        evidence,
        key=lambda e: (TEXT_FIELDS.index(e.field), e.start, e.end, e.term, -e.score, e.kind == HitKind.SYNONYM),
    )
    kept: list[Evidence] = []
    for hit in ordered:
        if not kept or (kept[-1].term, kept[-1].field, kept[-1].start, kept[-1].end) != (
            hit.term,
            hit.field,
            hit.start,
            hit.end,
        ):
            kept.append(hit)
    return kept
