"""Runs of words that may be a term: what stands left of a definition, cut where no term can go on."""

import re
from dataclasses import dataclass

from services.matcher.engine.segment import HAN, character_class, tokens
from services.matcher.engine.text import normalise
from services.matcher.rings.mining.words import DOINGS, FUNCTION_WORDS, GENERIC

MAX_RUN_TOKENS = 8
MAX_RUN_CHARACTERS = 28

_CLAUSE = re.compile(
    r"(?:(?:[0-9A-Za-zα-ω]+['′]?[,，])*[0-9A-Za-zα-ω]+['′]?-)?[\u4e00-\u9fffA-Za-z0-9α-ω·/-]*[\u4e00-\u9fffA-Za-z0-9]$"
)
"""The end of a clause: ideographs, letters and digits, and the locants of a chemical name (``N,N-``, ``2,2'-``)."""

_ORDINAL = re.compile(r"第\s*(?:\d+|[一二三四五六七八九十]+)")
_LOCANT = re.compile(r"\d+['′]?[,，-]|\d[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Run:
    """One span that may be the term.

    Attributes:
        start: its first character; all runs of a definition end at the same place.
        tokens: how many words it has.
        begins_with_doing: its first word is one that usually stands before terms (检测, 控制), though some begin so.
        is_bounded: what stands before cannot belong to a term.
    """

    start: int
    tokens: int
    begins_with_doing: bool = False
    is_bounded: bool = False


def candidates(text: str, end: int) -> tuple[Run, ...]:
    """Return the runs that may be the term which ends at ``end``, the longest first.

    All begin at a token boundary of the same clause, after the last word that no term holds, and hold an ideograph.
    """
    found = _CLAUSE.search(text[max(0, end - MAX_RUN_CHARACTERS) : end])
    if found is None:
        return ()
    clause, begin = normalise(found[0]), end - len(found[0])
    is_bounded = begin > end - MAX_RUN_CHARACTERS or begin == 0
    floor = max((ordinal.end() for ordinal in _ORDINAL.finditer(clause)), default=0)
    runs: list[Run] = []
    for start, stop in reversed(tokens(clause)):
        word = clause[start:stop]
        if start < floor or word in FUNCTION_WORDS or len(runs) == MAX_RUN_TOKENS:
            is_bounded = len(runs) < MAX_RUN_TOKENS
            break
        runs.append(Run(begin + start, len(runs) + 1, begins_with_doing=word in DOINGS))
    kept = [run for run in runs if _may_begin(clause[run.start - begin :])]
    last = runs[-1].start if runs and is_bounded else None
    doings = {run.start for run in runs if run.begins_with_doing}
    ends_of_doings = {runs[at - 1].start for at, run in enumerate(runs) if at and run.start in doings}
    return tuple(
        Run(run.start, run.tokens, run.begins_with_doing, run.start == last or run.start in ends_of_doings)
        for run in reversed(kept)
    )


def _may_begin(text: str) -> bool:
    if len(text) < 2 or text[0] in "-/·,，'′" or not any(character_class(one) == HAN for one in text):  # noqa: PLR2004
        return False
    return not text[0].isdecimal() or _LOCANT.match(text) is not None


def is_term(text: str) -> bool:
    """Whether a whole text may be a term: of one clause, holding no function word, naming something."""
    runs = candidates(text, len(text))
    return bool(runs) and runs[0].start == 0 and not is_generic(text)


def is_generic(text: str) -> bool:
    """Whether a term says too little."""
    return normalise(text) in GENERIC
