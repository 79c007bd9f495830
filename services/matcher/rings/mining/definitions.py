"""Definitions in running text: where a publication itself says that two terms name the same thing.

Read are ``X（LED）``, ``X（Light Emitting Diode，LED）``, ``LED（X）``, ``X（以下简称Y）``, ``X（又称Y）``, ``X又称Y`` and ``X，简称Y``. A bare
即 is not: it explains more often than it names (制造收缩应变少，即增强效果大).
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.matcher.rings.mining.long_form import LATIN_PHRASE, is_abbreviation, is_long_form, singular
from services.matcher.rings.mining.runs import Run, candidates, is_term

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMING = r"(?:简称|缩写|又称|也称|亦称|俗称|又名|别名|别称|又叫|也叫|下称)(?:之)?(?:为|作|是)?"
_MARK = rf"(?:以下|下面|下文|英文|通常|一般|常|可|或)?{_NAMING}"
_BRACKET = re.compile(r"[(（]\s*([^()（）]{2,90}?)\s*[)）]")
_BRACKETED_MARK = re.compile(rf"(?:{_MARK}|即)[：:\s]*")
_RUNNING_MARK = re.compile(
    rf"([,，]?)(?<![(（]){_MARK}[：:\s]*[“\"‘「]?([^，,。；;：:、（）()“”\"‘’「」\s]{{2,16}}?)(?=[”\"’」，,。；;、（()）\s]|$)"
)
_QUOTES = "“”\"‘’「」' "
_PARTS = re.compile(r"\s*[,，;；:：、]\s*")
_LATIN = re.compile(r"[A-Za-z0-9/+&α-ω-]+$")
_CLAUSE_END = re.compile(r"[，,。；;：:、（）()\n]")
_LEAST_CHARACTERS_PER_LETTER = 0.6


@dataclass(frozen=True, slots=True)
class Definition:
    """One place where two terms are said to be the same.

    Attributes:
        runs: what the term may be where its left end is open, the longest first; a single one when it is known.
        term_end: one past the last character of all of them.
        names: the other names given to it, as written, the abbreviation first.
        start: where the definition begins; ``end`` is one past it.
    """

    runs: tuple[Run, ...]
    term_end: int
    names: tuple[str, ...]
    start: int
    end: int


def definitions(text: str, *, is_title: bool = False) -> "Iterator[Definition]":
    """Return the definitions that a text gives, in its order; a bracket that ends a title holds a model, not a name."""
    for found in _BRACKET.finditer(text):
        if is_title and found.end() == len(text.rstrip()):
            continue
        around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
        is_group = len(around) > 1 and around.isascii() and around.isalnum()  # Ca(OH)2
        if not is_group and (one := _of_bracket(text, found)) is not None:
            yield one
    for found in _RUNNING_MARK.finditer(text):
        if (one := _of_running(text, found)) is not None:
            yield one


def _of_bracket(text: str, found: "re.Match[str]") -> Definition | None:
    at, inside = found.start(), found[1]
    marked = _BRACKETED_MARK.match(inside)
    content = inside[marked.end() :] if marked else inside
    parts = [part for part in (part.strip(_QUOTES) for part in _PARTS.split(content.strip(_QUOTES))) if part]
    left = _LATIN.search(text[:at])
    if left and is_abbreviation(left[0]) and (one := _of_abbreviation(text, found, left[0], parts)) is not None:
        return one
    if left and not _goes_on(text, left.start()):
        return None
    runs = candidates(text, at)
    if runs and (names := _latin_names(parts)):
        return Definition(runs, at, names, runs[0].start, found.end())
    if runs and marked and marked[0][0] != "即" and len(parts) == 1 and is_term(parts[0]):
        return Definition(runs, at, (parts[0],), runs[0].start, found.end())
    return None


def _goes_on(text: str, at: int) -> bool:
    """Whether letters go on a term of ideographs (聚酰胺PA66), rather than stand alone."""
    return at > 0 and "\u4e00" <= text[at - 1] <= "\u9fff"


def _of_abbreviation(text: str, found: "re.Match[str]", short: str, parts: list[str]) -> Definition | None:
    """``LED（Light Emitting Diode，发光二极管）``: in the bracket, both ends of the term are known."""
    for part in parts:
        if part.isascii() or not is_term(part) or len(part) < len(short) * _LEAST_CHARACTERS_PER_LETTER:
            continue
        at = text.find(part, found.start())
        phrases = tuple(one for one in parts if LATIN_PHRASE.fullmatch(one) and is_long_form(one, short))
        run = Run(at, 1, is_bounded=True)
        return Definition((run,), at + len(part), (singular(short), *phrases), found.start() - len(short), found.end())
    return None


def _latin_names(parts: list[str]) -> tuple[str, ...]:
    """Return abbreviation and long form when the bracket holds these alone."""
    shorts = [part for part in parts if is_abbreviation(part)]
    phrases = [part for part in parts if LATIN_PHRASE.fullmatch(part)]
    if len(shorts) != 1 or len(phrases) > 1 or len(shorts) + len(phrases) != len(parts):
        return ()
    if phrases and not is_long_form(phrases[0], shorts[0]):
        return ()
    return (singular(shorts[0]), *phrases)


def _of_running(text: str, found: "re.Match[str]") -> Definition | None:
    name = found[2]
    runs = candidates(text, found.start()) if is_term(name) or is_abbreviation(name) else ()
    if found[1]:  # a comma stands between: only a clause that is nothing but the term can be meant
        before = max((end.end() for end in _CLAUSE_END.finditer(text, 0, found.start())), default=0)
        runs = tuple(run for run in runs if run.start == before)
    return Definition(runs, found.start(), (name,), runs[0].start, found.end()) if runs else None
