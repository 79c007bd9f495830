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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from services.matcher.rings.rings import Rings
    from shared.wire.match import Evidence
    from shared.wire.profile import Profile, Rule, Term
    from shared.wire.publication import Publication

FIELDS_IN_WORDS = {"title": "标题", "abstract": "摘要", "claim": "权利要求"}
_MOST_TERMS = 6
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
        found = _group(tuple(map(as_term, group)), profile, publication, rings)
        yield msgspec.structs.replace(found, rule=number, pointer=f"/rules/{number}/groups/{position}")
    if rule.none:
        yield _exclusion(number, tuple(map(as_term, rule.none)), profile, publication)
    yield from _bibliography(number, rule, publication)
    if profile.min_score > 0:
        alone = msgspec.structs.replace(profile, rules=(rule,), min_score=0.0)
        if (match := evaluate(alone, publication, rings)) is not None:
            holds = match.score >= profile.min_score
            text = f"得分 {match.score:.2f}，{'达到' if holds else '低于'}最低得分 {profile.min_score:g}"
            yield Condition(rule=number, pointer="/min_score", holds=holds, text=text)


def _group(terms: "tuple[Term, ...]", profile: "Profile", publication: "Publication", rings: "Rings") -> Condition:
    """Return the condition of a keyword group, without its place."""
    hits = [
        hit
        for term in terms
        for hit, _ in term_hits(
            term, asked_for(term, profile.fuzziness, rings, by_default=profile.rings), profile.fields, publication
        )
    ]
    asked = _quoted([term.text for term in terms])
    if hits:
        text = f"{_where(hits, publication)}，符合（{asked} 任一）"
    else:
        near = [one for term in terms if (one := _near_miss(term, profile, publication))]
        fields = "、".join(FIELDS_IN_WORDS[name] for name in TEXT_FIELDS if name in profile.fields)
        text = f"{fields}里没有找到 {asked}" + (f"；{near[0]}" if near else "")
        absent = [FIELDS_IN_WORDS[name] for name in profile.fields if not getattr(publication, name)]
        text += f"（这件公开没有{'、'.join(absent)}）" if absent else ""
    return Condition(
        rule=0,
        pointer="",
        holds=bool(hits),
        text=text,
        evidence_fields=tuple(dict.fromkeys(h.field for h in hits)),
    )


def _exclusion(number: int, terms: "tuple[Term, ...]", profile: "Profile", publication: "Publication") -> Condition:
    hits = [
        hit for term in terms for hit, _ in term_hits(term, asked_for(term, Fuzziness.OFF), profile.fields, publication)
    ]
    asked = _quoted([term.text for term in terms])
    text = f"{_where(hits, publication)}，被排除" if hits else f"没有出现要排除的 {asked}"
    return Condition(
        rule=number,
        pointer=f"/rules/{number}/none",
        holds=not hits,
        text=text,
        evidence_fields=tuple(dict.fromkeys(hit.field for hit in hits)),
    )


def _where(hits: "Sequence[Evidence]", publication: "Publication") -> str:
    """Say where the first hit stands, and as what."""
    hit = hits[0]
    text = getattr(publication, hit.field)[hit.start : hit.end]
    kind = {HitKind.SYNONYM: f"（“{hit.term}”的同义词）", HitKind.FUZZY: f"（“{hit.term}”的相近写法）"}.get(
        hit.kind, ""
    )
    return f"{FIELDS_IN_WORDS[hit.field]}里有“{text}”{kind}"


def _near_miss(term: "Term", profile: "Profile", publication: "Publication") -> str:
    """Say where a term does stand, but as a part of other words."""
    hits = term_hits(term, [(term.text, Need.ANYWHERE)], profile.fields, publication)
    if hits:
        hit = hits[0][0]
        given = getattr(publication, hit.field)
        around = given[max(0, hit.start - _NEAR) : hit.end + _NEAR]
        field = FIELDS_IN_WORDS[hit.field]
        return f"{field}里的“{around}”虽含“{term.text}”这几个字，但不是这个词，不算；要算请把它设为“任意位置”"
    plain = normalise_term(term.text)
    for name in TEXT_FIELDS:
        given = getattr(publication, name)
        if given and name not in profile.fields and plain and plain in normalise(given):
            return f"“{term.text}”只出现在{FIELDS_IN_WORDS[name]}里，而这个画像不看{FIELDS_IN_WORDS[name]}"
    return ""


def _bibliography(number: int, rule: "Rule", publication: "Publication") -> "Iterator[Condition]":
    names = [applicant.name for applicant in publication.applicants]
    regions = [applicant.region or "" for applicant in publication.applicants]
    checks: tuple[tuple[str, str, tuple[str, ...], list[str], Callable[[str, str], bool]], ...] = (
        ("ipc", "IPC 分类", rule.ipc, list(publication.ipc), ipc.covers),
        ("not_ipc", "IPC 分类", rule.not_ipc, list(publication.ipc), ipc.covers),
        ("applicants", "申请人", rule.applicants, names, applicant_fits),
        ("not_applicants", "申请人", rule.not_applicants, names, applicant_fits),
        ("regions", "地区", rule.regions, regions, bibliography.region_fits),
        ("kinds", "文献种类", rule.kinds, [publication.kind], bibliography.kind_fits),
    )
    for name, called, patterns, values, fits in checks:
        if not patterns:
            continue
        pair = next(((p, v) for p in patterns for v in values if fits(p, v)), None)
        is_refusal = name.startswith("not_")
        given = "、".join(value for value in values if value) or "（没有）"
        if pair is not None:
            text = f"{called} {pair[1]} 属于{'要排除的' if is_refusal else ''} {pair[0]}"
        else:
            text = f"{called} {given} 不属于{'要排除的' if is_refusal else ''} {_quoted(patterns)}"
        field = "applicants" if name.endswith("applicants") or name == "regions" else name.removeprefix("not_")
        yield Condition(
            rule=number,
            pointer=f"/rules/{number}/{name}",
            holds=(pair is None) == is_refusal,
            text=text,
            evidence_fields=(field,) if pair is not None else (),
        )


def _quoted(texts: "Sequence[str]") -> str:
    shown = "、".join(f"“{text}”" for text in texts[:_MOST_TERMS])
    return shown if len(texts) <= _MOST_TERMS else f"{shown} 等 {len(texts)} 个"
