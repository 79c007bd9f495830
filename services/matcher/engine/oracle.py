"""The specification, executable: one profile on one publication, slow and obvious.

The engine must return exactly what this returns: the same matches, the same evidence, the same scores.
"""

from typing import TYPE_CHECKING

from services.matcher.engine import bibliography, scoring, variants
from services.matcher.engine.needs import (
    KINDS,
    LOOSE_VARIANT,
    MEETS,
    MOST_HITS,
    VARIANT,
    Need,
    need_in_ring,
    need_of,
    need_of_synonym,
)
from services.matcher.engine.plain import CutText
from services.matcher.engine.rarity import rarities
from services.matcher.engine.segment import tokens
from services.matcher.engine.text import normalise, normalise_term
from services.matcher.rings.rings import Rings
from shared.wire.match import Evidence, HitKind, Match
from shared.wire.profile import TEXT_FIELDS, Fuzziness, as_term

if TYPE_CHECKING:
    from shared.wire.profile import Profile, Rule, Term
    from shared.wire.publication import Publication


def evaluate(profile: "Profile", publication: "Publication", rings: Rings | None = None) -> Match | None:
    """Return the profile's match: by the rule that scores best, the first of equals; ``None`` when no rule holds."""
    best: Match | None = None
    for number, rule in enumerate(profile.rules):
        held = _hold(rule, profile, publication, Rings() if rings is None else rings)
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
    rule: "Rule", profile: "Profile", publication: "Publication", rings: Rings
) -> tuple[float, tuple[Evidence, ...]] | None:
    """Return score and evidence of a rule that holds."""
    if not bibliography.holds(rule, publication):
        return None
    for term in map(as_term, rule.none):
        if term_hits(term, asked_for(term, Fuzziness.OFF), profile.fields, publication):
            return None
    found: list[scoring.Found] = []
    evidence: list[Evidence] = []
    for g, group in enumerate(rule.groups):
        hits_of_group = []
        for term in map(as_term, group):
            asked = asked_for(term, profile.fuzziness, rings, by_default=profile.rings)
            hits_of_group.append(term_hits(term, asked, profile.fields, publication))
        if not any(hits_of_group):
            return None
        for t, hits in enumerate(hits_of_group):
            for hit, rarity in hits:
                field, units = TEXT_FIELDS.index(hit.field), round(hit.score * scoring.UNITS)
                found.append(scoring.Found(g, t, field, hit.start, units, rarity))
                evidence.append(hit)
    score = scoring.score(len(rule.groups), found)
    return score, (*one_for_each_span(evidence), *bibliography.evidence(rule, publication))


def asked_for(
    term: "Term", fuzziness: Fuzziness, rings: Rings | None = None, *, by_default: bool = False
) -> list[tuple[str, Need]]:
    """Return the texts that a term stands for, itself first, and what each needs; an exclusion has no rings."""
    need = need_of(term, fuzziness)
    asked = [(term.text, need)] + [(synonym, need_of_synonym(need)) for synonym in term.synonyms]
    if rings is not None and (by_default if term.rings is None else term.rings):
        asked += [(member, need_in_ring(need)) for member in rings.synonyms_of(term.text)]
    return asked


def term_hits(
    term: "Term", asked: list[tuple[str, Need]], fields: tuple[str, ...], publication: "Publication"
) -> list[tuple[Evidence, int]]:
    """Return every hit of a term, or of a synonym of it, that counts, and the rarity of the text that was hit."""
    hits = []
    for field in TEXT_FIELDS:
        given: str | None = getattr(publication, field)
        if field not in fields or given is None:
            continue
        text = normalise(given)
        for number, (wanted, need) in enumerate(asked):
            if not (needle := normalise_term(wanted)):
                continue
            rarity = int(rarities([needle])[0])
            standing = _standing(text, needle, varied=need in (Need.NORMAL, Need.LOOSE))
            for start, end, code in [hit for hit in standing if hit[2] in MEETS[need]][:MOST_HITS]:
                kind = HitKind.SYNONYM if number else KINDS[code]
                similarity = variants.similarity(needle, text[start:end]) if kind is HitKind.FUZZY else 1.0
                units = scoring.hit_units(scoring.KIND_WEIGHT[kind], term.weight, similarity)
                hit = Evidence(
                    term=term.text, field=field, start=start, end=end, kind=kind, score=units / scoring.UNITS
                )
                hits.append((hit, rarity))
    return hits


def _standing(text: str, needle: str, *, varied: bool) -> list[tuple[int, int, int]]:
    """Return start, end and code of each place where a text, or a variant of it, stands in another; not too many of a code."""
    cut = CutText(text)
    starts = [at for at in range(len(text)) if text.startswith(needle, at)]
    found: list[tuple[int, int, int]] = [
        (start, start + len(needle), cut.place(start, start + len(needle))) for start in starts
    ]
    if varied:
        boundaries = {at for span in tokens(text) for at in span}
        normal = variants.variants_in(text, boundaries, needle, variants.Level.NORMAL)
        for start, end in variants.variants_in(text, boundaries, needle, variants.Level.LOOSE):
            found.append((start, end, VARIANT if (start, end) in normal else LOOSE_VARIANT))
    of_code: dict[int, int] = {}
    kept = []
    for start, end, code in sorted(found):
        of_code[code] = of_code.get(code, 0) + 1
        if of_code[code] <= MOST_HITS:
            kept.append((start, end, code))
    return kept


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
