"""Why a publication matches a profile or does not: its conditions one by one, as the specification sees them."""

from typing import TYPE_CHECKING

import msgspec

from services.matcher.engine import bibliography, ipc
from services.matcher.engine.applicants import fits as applicant_fits
from services.matcher.engine.needs import Need
from services.matcher.engine.oracle import asked_for, evaluate, term_hits
from services.matcher.engine.text import normalise, normalise_term
from shared.advice import Condition, WhyNot
from shared.wire.match import HitKind
from shared.wire.profile import TEXT_FIELDS, Fuzziness, as_term
from shared.wording.advice import in_words
from shared.wording.said import Said, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from services.matcher.rings.rings import Rings
    from shared.wire.match import Evidence
    from shared.wire.profile import Profile, Rule, Term
    from shared.wire.publication import Publication

_NEAR = 6
"""Characters shown on either side of a hit that does not count."""


def why_not(profile: "Profile", publication: "Publication", rings: "Rings") -> WhyNot:
    """Hold a publication against each condition of each rule."""
    match = evaluate(profile, publication, rings)
    conditions = [
        condition
        for number, rule in enumerate(profile.rules)
        for condition in _conditions(number, rule, profile, publication, rings)
    ]
    return WhyNot(publication=publication, match=match, conditions=tuple(conditions))


def _conditions(
    number: int, rule: "Rule", profile: "Profile", publication: "Publication", rings: "Rings"
) -> "Iterator[Condition]":
    for position, group in enumerate(rule.groups):
        terms = tuple(map(as_term, group))
        yield _group((number, f"/rules/{number}/groups/{position}"), terms, profile, publication, rings)
    if rule.none:
        yield _exclusion((number, f"/rules/{number}/none"), tuple(map(as_term, rule.none)), profile, publication)
    yield from _bibliography(number, rule, publication)
    if profile.min_score > 0:
        alone = msgspec.structs.replace(profile, rules=(rule,), min_score=0.0)
        if (match := evaluate(alone, publication, rings)) is not None:
            holds = match.score >= profile.min_score
            said = say("score", "reached" if holds else "missed", score=match.score, min_score=profile.min_score)
            yield _condition((number, "/min_score"), said, holds=holds)


def _condition(place: "tuple[int, str]", said: Said, *, holds: bool, fields: "Iterable[str]" = ()) -> Condition:
    """Return a condition; ``place``: the rule, and the pointer to it."""
    rule, pointer = place
    return Condition(
        rule=rule,
        pointer=pointer,
        holds=holds,
        text=in_words(said),
        evidence_fields=tuple(dict.fromkeys(fields)),
        said=said,
    )


def _group(
    place: "tuple[int, str]",
    terms: "tuple[Term, ...]",
    profile: "Profile",
    publication: "Publication",
    rings: "Rings",
) -> Condition:
    hits = [
        hit
        for term in terms
        for hit, _ in term_hits(
            term, asked_for(term, profile.fuzziness, rings, by_default=profile.rings), profile.fields, publication
        )
    ]
    asked = tuple(term.text for term in terms)
    if hits:
        said = say("group", "found", where=(_where(hits, publication),), asked=asked)
        return _condition(place, said, holds=True, fields=[hit.field for hit in hits])
    near = [one for term in terms if (one := _near_miss(term, profile, publication))]
    absent = tuple(name for name in profile.fields if not getattr(publication, name))
    more = (*near[:1], say("near", "no-text", fields=absent)) if absent else tuple(near[:1])
    fields = tuple(name for name in TEXT_FIELDS if name in profile.fields)
    return _condition(place, say("group", "absent", fields=fields, asked=asked, more=more), holds=False)


def _exclusion(
    place: "tuple[int, str]", terms: "tuple[Term, ...]", profile: "Profile", publication: "Publication"
) -> Condition:
    hits = [
        hit for term in terms for hit, _ in term_hits(term, asked_for(term, Fuzziness.OFF), profile.fields, publication)
    ]
    said = say("excluded", "absent", asked=tuple(term.text for term in terms))
    if hits:
        said = say("excluded", "found", where=(_where(hits, publication),))
    return _condition(place, said, holds=not hits, fields=[hit.field for hit in hits])


def _where(hits: "Sequence[Evidence]", publication: "Publication") -> Said:
    """Say where the first hit stands, and as what."""
    hit = hits[0]
    text = getattr(publication, hit.field)[hit.start : hit.end]
    kind = {HitKind.SYNONYM: "synonym", HitKind.FUZZY: "fuzzy"}.get(hit.kind, "")
    return say("found", kind, field=hit.field, text=text, term=hit.term)


def _near_miss(term: "Term", profile: "Profile", publication: "Publication") -> Said | None:
    """Say where a term does stand, but as a part of other words, or where nobody looks."""
    hits = term_hits(term, [(term.text, Need.ANYWHERE)], profile.fields, publication)
    if hits:
        hit = hits[0][0]
        given = getattr(publication, hit.field)
        around = given[max(0, hit.start - _NEAR) : hit.end + _NEAR]
        return say("near", "part", field=hit.field, around=around, term=term.text)
    plain = normalise_term(term.text)
    for name in TEXT_FIELDS:
        given = getattr(publication, name)
        if given and name not in profile.fields and plain and plain in normalise(given):
            return say("near", "elsewhere", term=term.text, field=name)
    return None


def _bibliography(number: int, rule: "Rule", publication: "Publication") -> "Iterator[Condition]":
    names = [applicant.name for applicant in publication.applicants]
    regions = [applicant.region or "" for applicant in publication.applicants]
    checks: tuple[tuple[str, tuple[str, ...], list[str], Callable[[str, str], bool]], ...] = (
        ("ipc", rule.ipc, list(publication.ipc), ipc.covers),
        ("not_ipc", rule.not_ipc, list(publication.ipc), ipc.covers),
        ("applicants", rule.applicants, names, applicant_fits),
        ("not_applicants", rule.not_applicants, names, applicant_fits),
        ("regions", rule.regions, regions, bibliography.region_fits),
        ("kinds", rule.kinds, [publication.kind], bibliography.kind_fits),
    )
    for name, patterns, values, fits in checks:
        if not patterns:
            continue
        pair = next(((p, v) for p in patterns for v in values if fits(p, v)), None)
        is_refusal = name.startswith("not_")
        what = name.removeprefix("not_")
        variant = "excluded" if is_refusal else "place" if what == "regions" else ""
        if pair is not None:
            said = say("listed", variant, what=what, value=pair[1], pattern=pair[0])
        else:
            given = tuple(value for value in values if value)
            nowhere = variant == "place" and not given
            said = say("unlisted", "nowhere" if nowhere else variant, what=what, given=given, patterns=patterns)
        field = "applicants" if what == "regions" else what
        place = number, f"/rules/{number}/{name}"
        yield _condition(place, said, holds=(pair is None) == is_refusal, fields=(field,) if pair else ())
