"""IPC, applicants, regions and kinds: patterns that are none, and conditions that contradict each other."""

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from services.matcher.engine import applicants, ipc
from services.matcher.engine.bibliography import kind_pattern, region_pattern
from services.matcher.health.finding import Code, Finding, Severity
from shared.wording.said import Said, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.matcher.health.asked import AskedRule
    from shared.wire.profile import Rule

_KIND = re.compile(r"[ABCSUYDEPTW]\d?", re.ASCII)
_RETIRED = {"C": "B", "Y": "U", "D": "S"}
"""Kind codes of grants before April 2010, and what took their place."""
_DESIGN = "S"
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 83))
    for code in range(*codes)
)
_SUBCLASS = 4


def check_bibliography(asked: "AskedRule") -> "Iterator[Finding]":
    """Look at everything of a rule that is not a keyword."""
    rule, number = asked.rule, asked.number
    yield from _check_ipc(rule, number)
    for pattern in rule.regions:
        digits = region_pattern(pattern)
        if not (digits.isdecimal() and len(digits) in (2, 4, 6) and digits[:2] in _PROVINCES):
            yield _finding(Severity.ERROR, number, pattern, say(Code.BAD_REGION, region=pattern))
    yield from _check_kinds(rule, number, asked.profile.fields)
    yield from _check_applicants(rule, number)


def _finding(severity: Severity, rule: int, term: str | None, said: Said) -> Finding:
    return Finding(severity=severity, said=said, rule=rule, term=term)


def _check_ipc(rule: "Rule", number: int) -> "Iterator[Finding]":
    dead = {pattern for pattern in rule.ipc if not _can_fit(pattern)}
    for pattern in chain(rule.ipc, rule.not_ipc):
        plain = ipc.canonical(pattern)
        if plain is None:
            yield _finding(Severity.ERROR, number, pattern, say(Code.BAD_IPC, ipc=pattern))
        elif pattern in dead and dead.issuperset(rule.ipc):
            said = say(Code.UNKNOWN_IPC, _level(plain), ipc=pattern[:_SUBCLASS])
            yield _finding(Severity.ERROR, number, pattern, said)
        elif not _is_known(plain):
            yield _finding(Severity.WARNING, number, pattern, say(Code.UNKNOWN_IPC, ipc=pattern))
        elif "/" not in plain and not plain.endswith("*"):
            yield _finding(Severity.WARNING, number, pattern, say(Code.IPC_WITHOUT_STAR, ipc=pattern))
    excluded = {p: n for p in rule.ipc if (n := next((n for n in rule.not_ipc if covers_pattern(n, p)), None))}
    if excluded and len(excluded) == len(set(rule.ipc)):
        yield _finding(Severity.ERROR, number, None, say(Code.EXCLUDED_IPC, excluded=_pairs(excluded)))
    else:
        for pattern, by in excluded.items():
            yield _finding(Severity.WARNING, number, pattern, say(Code.EXCLUDED_IPC, "one", ipc=pattern, by=by))


def _level(plain: str) -> str:
    return "subclass" if len(plain.rstrip("*")) >= _SUBCLASS else "class"


@lru_cache(maxsize=65536)
def _is_known(plain: str) -> bool:
    return ipc.is_known(plain)


def _can_fit(pattern: str) -> bool:
    """Whether the class and subclass exist; groups come and go with the editions, so they are not asked."""
    plain = ipc.canonical(pattern)
    return plain is None or _is_known(plain.rstrip("*")[:_SUBCLASS] + "*")


def covers_pattern(wider: str, pattern: str) -> bool:
    """Whether every symbol that an IPC pattern fits is one that the wider pattern fits."""
    asked = set(ipc.pattern_keys(wider))
    return bool(asked) and all(asked & _covering(key) for key in ipc.pattern_keys(pattern) or ("",))


def _covering(key: str) -> set[str]:
    keys = ipc.keys(key.removesuffix("*"))
    return {above for above in keys if above.endswith("*")} if key.endswith("*") else set(keys)


def _pairs(excluded: dict[str, str]) -> tuple[str | Said, ...]:
    return tuple(p if p == n else say("lies-in", one=p, other=n) for p, n in excluded.items())


def _check_kinds(rule: "Rule", number: int, fields: tuple[str, ...]) -> "Iterator[Finding]":
    kinds = [kind_pattern(pattern) for pattern in rule.kinds]
    for pattern, kind in zip(rule.kinds, kinds, strict=True):
        if kind and not _KIND.fullmatch(kind):
            yield _finding(Severity.ERROR, number, pattern, say(Code.BAD_KIND, kind=pattern))
    if kinds and all(kind in _RETIRED for kind in kinds):
        now = tuple(sorted({_RETIRED[kind] for kind in kinds}))
        yield _finding(Severity.WARNING, number, None, say(Code.RETIRED_KIND, kinds=tuple(kinds), now=now))
    designs = [kind for kind in kinds if kind.startswith(_DESIGN)]
    if designs and rule.ipc:
        never = len(designs) == len(kinds)
        severity = Severity.ERROR if never else Severity.WARNING
        yield _finding(severity, number, None, say(Code.DESIGN_WITHOUT_IPC, "" if never else "some"))
    if designs and len(designs) == len(kinds) and rule.groups and "title" not in fields:
        yield _finding(Severity.ERROR, number, None, say(Code.DESIGN_WITHOUT_TEXT))


def _check_applicants(rule: "Rule", number: int) -> "Iterator[Finding]":
    for pattern in chain(rule.applicants, rule.not_applicants):
        if not applicants.legal_name(pattern):
            yield _finding(Severity.ERROR, number, pattern, say(Code.BAD_APPLICANT, applicant=pattern))
    excluded = {
        p: n for p in rule.applicants if (n := next((n for n in rule.not_applicants if _shuts_out(n, p)), None))
    }
    if excluded and len(excluded) == len(set(rule.applicants)):
        yield _finding(Severity.ERROR, number, None, say(Code.EXCLUDED_APPLICANT, excluded=_pairs(excluded)))
    else:
        for pattern, by in excluded.items():
            said = say(Code.EXCLUDED_APPLICANT, "one", applicant=pattern, by=by)
            yield _finding(Severity.WARNING, number, pattern, said)


def _shuts_out(excluding: str, pattern: str) -> bool:
    """Whether every name that the pattern fits is surely one that the other fits: the same name, or a full name's short form."""
    same = applicants.legal_name(excluding) == applicants.legal_name(pattern)
    return same or (applicants.is_legal_name(pattern) and applicants.fits(excluding, pattern))
