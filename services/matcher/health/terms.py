"""Single keywords: nothing left to look for, too short, several in one, varied although too short, in a ring anyway."""

import re
from typing import TYPE_CHECKING

from services.matcher.engine.variants import SHORTEST
from services.matcher.health.finding import Code, Finding, Severity
from shared.wire.profile import Fuzziness, TermMatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.health.asked import AskedRule, AskedTerm

_IN_A_LIST = re.compile(r"\s*[,;、|。]\s*|(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])|\s+(?:or|and|not)\s+")
_WILDCARDS = re.compile(r"[*?$%#]+")


def check_terms(asked: "AskedRule") -> "Iterator[Finding]":
    """Look at each keyword of a rule by itself."""
    for term in asked.terms:
        yield from _check_writing(asked, term)
        for written, plain in zip((term.term.text, *term.term.synonyms), (term.plain, *term.synonyms), strict=True):
            if not plain:
                text = f"关键词“{written}”没有可以匹配的字，请改写或删去"
                yield about(asked, term, Code.EMPTY_TERM, Severity.ERROR, text)
            elif len(plain) == 1:
                text = f"关键词“{written}”只有一个字，会带来大量无关结果，请写得更具体"
                if term.group is None:
                    text = f"none 里的“{written}”只有一个字，会排除大量有用的结果，请写得更具体"
                yield about(asked, term, Code.SHORT_TERM, Severity.WARNING, text)
        if term.term.match is TermMatch.FUZZY and 0 < len(term.plain) < SHORTEST:
            text = f"“{term.term.text}”不足 {SHORTEST} 个字，模糊匹配对它不起作用，只按原词匹配"
            yield about(asked, term, Code.SHORT_FUZZY_TERM, Severity.HINT, text)
        known = [w for w, plain in zip(term.term.synonyms, term.synonyms, strict=True) if plain in term.ring]
        if known:
            text = f"“{term.term.text}”的同义词“{'”“'.join(known)}”已在词环里，不写也会匹配，可以删去"
            yield about(asked, term, Code.RING_SYNONYM, Severity.HINT, text)


def _check_writing(asked: "AskedRule", term: "AskedTerm") -> "Iterator[Finding]":
    """Tell of a list, or of a pattern as search engines know it, in the place of one keyword: a text must hold it to the letter."""
    parts = tuple(dict.fromkeys(part for part in _IN_A_LIST.split(term.plain) if part))
    if len(parts) > 1:
        written = "、".join(f'"{part}"' for part in parts)
        text = f"“{term.term.text}”像是几个关键词写在了一起，只会命中一字不差的原文；请拆开写成 {written}"
        yield about(asked, term, Code.LISTED_TERM, Severity.WARNING, text, suggestions=parts)
    elif (bare := _WILDCARDS.sub("", term.plain)) != term.plain and bare:
        text = f"“{term.term.text}”里的通配符不起作用，会按原样去找；请写成“{bare}”，词的一部分默认也算命中"
        yield about(asked, term, Code.LISTED_TERM, Severity.WARNING, text, suggestions=(bare,))


def check_fuzziness(rules: "Sequence[AskedRule]") -> "Iterator[Finding]":
    """Tell when a whole profile asks for variants and has no term long enough to have any."""
    if not rules or rules[0].profile.fuzziness is Fuzziness.OFF:
        return
    longest = max((len(term.plain) for asked in rules for group in asked.groups for term in group), default=0)
    if 0 < longest < SHORTEST:
        text = f"fuzziness 不起作用：关键词都不足 {SHORTEST} 个字，短词只按原词匹配"
        yield Finding(code=Code.SHORT_FUZZY_TERM, severity=Severity.HINT, text=text)


def about(
    asked: "AskedRule",
    term: "AskedTerm",
    code: Code,
    severity: Severity,
    text: str,
    *,
    suggestions: tuple[str, ...] = (),
    **numbers: float,
) -> Finding:
    """Return a finding about one keyword."""
    return Finding(
        code=code,
        severity=severity,
        rule=asked.number,
        group=term.group,
        term=term.term.text,
        text=text,
        numbers=numbers,
        suggestions=suggestions,
    )
