"""Whether the score puts first what belongs first, on abstracts whose keywords a person has chosen.

Two questions. *Known item*: a profile of an abstract's keywords, one group, is held against all abstracts; the abstract itself should come
first. *Keyword*: of the abstracts that hold a keyword, those should come first for which a person chose it. Each way of
ranking sees the same hits. Equals are in random order: what is reported is the mean over all orders.
"""

import json
from collections import defaultdict
from functools import cache
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.material import GAZETTE
from services.matcher.engine import scoring
from services.matcher.engine.engine import Engine
from services.matcher.engine.rarity import rarities
from services.matcher.engine.scoring import Found
from services.matcher.engine.text import normalise_term
from shared.wire.profile import TEXT_FIELDS, Profile, Rule, Term, TermMatch
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from shared.wire.match import Match

    Ranking = Callable[[list[Found]], float]
    Question = Callable[[Sequence["Labelled"], int], dict[str, "Quality"]]

LABELLED = GAZETTE.parent / "kppatent" / "abstracts_with_keywords.json"
PREFIX = "摘要："
BATCH = 200
ORDINARY_RARITY = 1000
LATE = scoring.EARLY_CHARACTERS


class Labelled(NamedTuple):
    """An abstract and the keywords that a person chose for it; not all of them stand in it."""

    abstract: str
    keywords: tuple[str, ...]


class Quality(NamedTuple):
    """Mean reciprocal rank of the first that is relevant, and normalised discounted cumulative gain."""

    mrr: float
    ndcg: float


def by_count(found: list[Found]) -> float:
    """Rank by the number of hits."""
    return len(found)


def by_terms(found: list[Found]) -> float:
    """Rank by the number of distinct terms."""
    return len({(hit.group, hit.term) for hit in found})


def by_best_hits(found: list[Found]) -> float:
    """Rank by the best hit of each term: one minus the product of what each misses."""
    best: dict[int, int] = defaultdict(int)
    for hit in found:
        best[hit.term] = max(best[hit.term], hit.units)
    missing = 1.0
    for units in best.values():
        missing *= 1 - units / scoring.UNITS / 2
    return round(1 - missing, 4)


def by_score(found: list[Found]) -> float:
    """Rank by the score."""
    return scoring.score(1, found)


def without_rarity(found: list[Found]) -> float:
    """Rank by a score to which all terms are equally rare."""
    return scoring.score(1, [hit._replace(rarity=ORDINARY_RARITY) for hit in found])


def without_mentions(found: list[Found]) -> float:
    """Rank by a score to which one mention is as good as many."""
    best: dict[int, Found] = {}
    for hit in found:
        best[hit.term] = max(best.get(hit.term, hit), hit, key=_worth)
    return scoring.score(1, best.values())


def without_places(found: list[Found]) -> float:
    """Rank by a score to which early hits are as good as late ones."""
    return scoring.score(1, [hit._replace(start=LATE) for hit in found])


def _worth(hit: Found) -> int:
    return scoring.hit_worth(hit.units, hit.rarity, hit.field, hit.start)


WAYS: "dict[str, Ranking]" = {
    "count of hits": by_count,
    "distinct terms": by_terms,
    "best hit of each term": by_best_hits,
    "score": by_score,
    "score without rarity": without_rarity,
    "score without mentions": without_mentions,
    "score without places": without_places,
}


def read() -> list[Labelled]:
    """Return the labelled abstracts, each distinct one once."""
    keywords: dict[str, dict[str, None]] = {}
    for row in json.loads(LABELLED.read_text("utf-8")):
        chosen = filter(normalise_term, row["output"].split(","))
        keywords.setdefault(row["input"].strip().removeprefix(PREFIX), {}).update(dict.fromkeys(chosen))
    return [Labelled(abstract, tuple(chosen)) for abstract, chosen in keywords.items()]


def known_item(labelled: "Sequence[Labelled]", every: int) -> dict[str, Quality]:
    """Ask the first question of every n-th abstract, among all; return the quality of each way of ranking."""
    asked = {str(at): labelled[at].keywords for at in range(0, len(labelled), every) if labelled[at].keywords}
    found = _found({name: [Term(text=text) for text in keywords] for name, keywords in asked.items()}, labelled)
    return _judge((found[name], range(len(labelled)), {int(name)}) for name in asked)


def keyword(labelled: "Sequence[Labelled]", every: int) -> dict[str, Quality]:
    """Ask the second question of every n-th keyword, if some abstracts hold it as a keyword and some otherwise."""
    chosen_for: dict[str, set[int]] = defaultdict(set)
    for number, one in enumerate(labelled):
        for text in one.keywords:
            chosen_for[text].add(number)
    asked = list(chosen_for)[::every]
    found = _found({text: [Term(text=text, match=TermMatch.ANYWHERE)] for text in asked}, labelled)
    return _judge(
        (found[text], list(found[text]), relevant)
        for text in asked
        if 0 < len(relevant := chosen_for[text] & found[text].keys()) < len(found[text])
    )


def _found(asked: "Mapping[str, list[Term]]", labelled: "Sequence[Labelled]") -> "dict[str, dict[int, list[Found]]]":
    """Return profile → abstract → its hits."""
    engine = Engine.compile(
        Profile(id=name, rules=(Rule(groups=(tuple(terms),)),), rings=False) for name, terms in asked.items()
    )
    place = {name: {term.text: at for at, term in enumerate(terms)} for name, terms in asked.items()}
    texts = list({term.text for terms in asked.values() for term in terms})
    rarity = dict(zip(texts, rarities([normalise_term(text) for text in texts]).tolist(), strict=True))
    found: dict[str, dict[int, list[Found]]] = {name: {} for name in asked}
    for number, match in _matches(engine, labelled):
        found[match.profile_id][number] = [
            Found(
                group=0,
                term=place[match.profile_id][hit.term],
                field=TEXT_FIELDS.index(hit.field),
                start=hit.start,
                units=round(hit.score * scoring.UNITS),
                rarity=rarity[hit.term],
            )
            for hit in match.evidence
        ]
    return found


def _matches(engine: Engine, labelled: "Sequence[Labelled]") -> "Iterator[tuple[int, Match]]":
    publications = [
        Publication(publication_number=f"CN{number}A", kind="A", title="", abstract=one.abstract)
        for number, one in enumerate(labelled)
    ]
    for first in range(0, len(publications), BATCH):
        for at, matches in enumerate(engine.match(publications[first : first + BATCH])):
            for match in matches:
                yield first + at, match


def _judge(questions: "Iterable[tuple[Mapping[int, list[Found]], Sequence[int], set[int]]]") -> dict[str, Quality]:
    """Return the mean quality of each way of ranking.

    Args:
        questions: of each, document → its hits, the documents to be ranked, and those that are relevant.
    """
    qualities: dict[str, list[Quality]] = {name: [] for name in WAYS}
    for found, documents, relevant in questions:
        for name, way in WAYS.items():
            scores = {document: way(found[document]) for document in documents if document in found}
            qualities[name].append(
                quality([(scores.get(document, -1.0), document in relevant) for document in documents])
            )
    return {
        name: Quality(*(sum(column) / len(column) for column in zip(*of_way, strict=True)))
        for name, of_way in qualities.items()
    }


def quality(ranked: "Iterable[tuple[float, bool]]") -> Quality:
    """Return the quality of one ranking, as the mean over all orders of equals.

    Args:
        ranked: score and relevance of each document; at least one is relevant.
    """
    equals: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for score, is_relevant in ranked:
        equals[score][0] += 1
        equals[score][1] += is_relevant
    before, relevant_before, reciprocal, gain = 0, 0, 0.0, 0.0
    for score in sorted(equals, reverse=True):
        documents, relevant = equals[score]
        gain += (_discounts(before + documents) - _discounts(before)) * relevant / documents
        if relevant and not relevant_before:
            none_yet = 1.0  # the chance that no document before this rank is relevant
            for place in range(documents - relevant + 1):
                first = none_yet * relevant / (documents - place)
                reciprocal += first / (before + place + 1)
                none_yet -= first
        before += documents
        relevant_before += relevant
    return Quality(reciprocal, gain / _discounts(relevant_before))


@cache
def _discounts(ranks: int) -> float:
    """Return the gain of relevant documents at the first so many ranks."""
    return sum(1 / log2(rank + 1) for rank in range(1, ranks + 1))


def run(every: int = 1) -> list[tuple[str, str]]:
    """Measure; without the labelled abstracts there is nothing to measure.

    Args:
        every: ask for every n-th abstract and keyword.
    """
    if not LABELLED.exists():
        return [("ranking", "the labelled abstracts are not beside this checkout")]
    labelled = read()
    known, of_keywords = known_item(labelled, every), keyword(labelled, every)
    return [
        (
            name,
            f"known item: MRR {item.mrr:.3f}, nDCG {item.ndcg:.3f}; keyword: MRR {word.mrr:.3f}, nDCG {word.ndcg:.3f}",
        )
        for name, item, word in ((name, known[name], of_keywords[name]) for name in WAYS)
    ]


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<26} {figure}")
