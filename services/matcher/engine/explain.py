"""From rules that hold to matches: score and evidence, made only for what matched."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import bibliography
from services.matcher.engine.oracle import one_for_each_span
from services.matcher.engine.scoring import hit_score, rule_score
from services.matcher.engine.terms import KIND, Place
from shared.wire.match import Evidence, HitKind, Match
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.compiled import Compiled
    from services.matcher.engine.hits import Hits
    from shared.wire.publication import Publication

_PLACES = tuple(Place)


def explain(
    compiled: "Compiled",
    publications: "Sequence[Publication]",
    hits: "Hits",
    *,
    held: "NDArray[np.int64]",
    rows: "NDArray[np.int64]",
    entries: "NDArray[np.int64]",
    evidence: bool,
) -> list[list[Match]]:
    """Score the rules that hold, keep the best of each profile, and put the matches in order.

    Args:
        compiled: the profiles.
        publications: the batch.
        hits: everything found in the batch.
        held: the rules that hold, as sorted ``document × rules + rule``.
        rows: keyword hits that belong to a rule of ``held``, in its order; numbers of ``hits``.
        entries: the entry that each of ``rows`` satisfied.
        evidence: whether to make evidence.
    """
    rules = len(compiled.rule_groups)
    row_document = hits.document[rows]
    row_rule = compiled.group_rule[compiled.entry_group[entries]]
    bounds = np.searchsorted(row_document * rules + row_rule, np.append(held, np.iinfo(np.int64).max)).tolist()
    group = (compiled.entry_group[entries] - compiled.rule_first_group[row_rule]).tolist()
    term = compiled.entry_term[entries].tolist()
    synonym = compiled.entry_synonym[entries].tolist()
    field, place = hits.field[rows].tolist(), hits.place[rows].tolist()
    start, end = hits.start[rows].tolist(), hits.end[rows].tolist()

    best_of: list[dict[str, Match]] = [{} for _ in publications]
    for number, (document, rule_at) in enumerate(zip((held // rules).tolist(), (held % rules).tolist(), strict=True)):
        profile = compiled.profiles[compiled.rule_profile[rule_at]]
        rule_number = int(compiled.rule_number[rule_at])
        rule = profile.rules[rule_number]
        publication = publications[document]
        best: dict[tuple[int, int, int], float] = {}
        words: list[Evidence] = []
        for i in range(bounds[number], bounds[number + 1]):
            asked = rule.groups[group[i]][term[i]]
            text, weight = (asked, 1.0) if isinstance(asked, str) else (asked.text, asked.weight)
            kind = HitKind.SYNONYM if synonym[i] else KIND[_PLACES[place[i]]]
            score = hit_score(kind, weight)
            where = group[i], term[i], field[i]
            best[where] = max(best.get(where, 0.0), score)
            if evidence:
                words.append(
                    Evidence(term=text, field=TEXT_FIELDS[field[i]], start=start[i], end=end[i], kind=kind, score=score)
                )
        score = rule_score(len(rule.groups), best)
        known = best_of[document].get(profile.id)
        if score < profile.min_score or (known is not None and known.score >= score):
            continue
        best_of[document][profile.id] = Match(
            profile_id=profile.id,
            publication_number=publication.publication_number,
            score=score,
            rule=rule_number,
            evidence=(*one_for_each_span(words), *bibliography.evidence(rule, publication)) if evidence else (),
        )
    return [in_order(matches.values()) for matches in best_of]


def in_order(matches: "Iterable[Match]") -> list[Match]:
    """Return one publication's matches, best first, then by profile id."""
    return sorted(matches, key=lambda match: (-match.score, match.profile_id))
