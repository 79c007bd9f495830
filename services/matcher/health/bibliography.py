"""IPC, applicants, regions and kinds: patterns that are none, and conditions that contradict each other."""

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from services.matcher.engine import applicants, ipc
from services.matcher.engine.bibliography import kind_pattern, region_pattern
from services.matcher.health.finding import Code, Finding, Severity

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
            text = f"地区“{pattern}”不是行政区划代码，请写 44、4401 或 440106 这样的代码"
            yield _finding(Code.BAD_REGION, Severity.ERROR, number, pattern, text)
    yield from _check_kinds(rule, number, asked.profile.fields)
    yield from _check_applicants(rule, number)


def _finding(code: Code, severity: Severity, rule: int, term: str | None, text: str) -> Finding:
    return Finding(code=code, severity=severity, rule=rule, term=term, text=text)


def _check_ipc(rule: "Rule", number: int) -> "Iterator[Finding]":
    dead = {pattern for pattern in rule.ipc if not _can_fit(pattern)}
    for pattern in chain(rule.ipc, rule.not_ipc):
        plain = ipc.canonical(pattern)
        if plain is None:
            text = f"IPC“{pattern}”不是分类号，请写成 H01M10/0525、H01M10* 或 H01M* 的样子"
            yield _finding(Code.BAD_IPC, Severity.ERROR, number, pattern, text)
        elif pattern in dead and dead.issuperset(rule.ipc):
            text = f"分类表里没有“{pattern[:_SUBCLASS]}”这个{_level(plain)}，规则永远不会成立，请核对字母和数字"
            yield _finding(Code.UNKNOWN_IPC, Severity.ERROR, number, pattern, text)
        elif not _is_known(plain):
            text = f"分类表里没有“{pattern}”，请核对；它只会命中写着同样分类号的公开"
            yield _finding(Code.UNKNOWN_IPC, Severity.WARNING, number, pattern, text)
        elif "/" not in plain and not plain.endswith("*"):
            text = f"IPC“{pattern}”没有星号，只命中写到这一级的公开；要包含下级请写“{pattern}*”"
            yield _finding(Code.IPC_WITHOUT_STAR, Severity.WARNING, number, pattern, text)
    excluded = {p: n for p in rule.ipc if (n := next((n for n in rule.not_ipc if covers_pattern(n, p)), None))}
    if excluded and len(excluded) == len(set(rule.ipc)):
        text = f"ipc 全部被 not_ipc 排除（{_pairs(excluded)}），规则永远不会成立，请改 ipc 或 not_ipc"
        yield _finding(Code.EXCLUDED_IPC, Severity.ERROR, number, None, text)
    else:
        for pattern, by in excluded.items():
            text = f"IPC“{pattern}”全在 not_ipc 的“{by}”里，永远不起作用，请删去一处"
            yield _finding(Code.EXCLUDED_IPC, Severity.WARNING, number, pattern, text)


def _level(plain: str) -> str:
    return "小类" if len(plain.rstrip("*")) >= _SUBCLASS else "大类"


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


def _pairs(excluded: dict[str, str]) -> str:
    return "、".join(p if p == n else f"{p} 在 {n} 里" for p, n in excluded.items())


def _check_kinds(rule: "Rule", number: int, fields: tuple[str, ...]) -> "Iterator[Finding]":
    kinds = [kind_pattern(pattern) for pattern in rule.kinds]
    for pattern, kind in zip(rule.kinds, kinds, strict=True):
        if kind and not _KIND.fullmatch(kind):
            text = f"文献种类“{pattern}”不存在，请写 A（公开）、B（授权）、U（实用新型）、S（外观设计）等"
            yield _finding(Code.BAD_KIND, Severity.ERROR, number, pattern, text)
    if kinds and all(kind in _RETIRED for kind in kinds):
        now = "、".join(sorted({_RETIRED[kind] for kind in kinds}))
        text = f"文献种类 {'、'.join(kinds)} 在 2010 年 4 月起不再用于授权公告，几乎不会再有新公开；请写 {now}"
        yield _finding(Code.RETIRED_KIND, Severity.WARNING, number, None, text)
    designs = [kind for kind in kinds if kind.startswith(_DESIGN)]
    if designs and rule.ipc:
        never = len(designs) == len(kinds)
        text = "外观设计（S）没有 IPC 分类号，"
        text += "规则永远不会成立，请删去 ipc" if never else "写了 ipc 就收不到它，请为外观设计另写一条不带 ipc 的规则"
        severity = Severity.ERROR if never else Severity.WARNING
        yield _finding(Code.DESIGN_WITHOUT_IPC, severity, number, None, text)
    if designs and len(designs) == len(kinds) and rule.groups and "title" not in fields:
        text = "外观设计（S）没有摘要和权利要求，规则永远不会成立，请在 fields 里加上 title"
        yield _finding(Code.DESIGN_WITHOUT_TEXT, Severity.ERROR, number, None, text)


def _check_applicants(rule: "Rule", number: int) -> "Iterator[Finding]":
    for pattern in chain(rule.applicants, rule.not_applicants):
        if not applicants.legal_name(pattern):
            text = f"申请人“{pattern}”没有可以匹配的字，请改写或删去"
            yield _finding(Code.BAD_APPLICANT, Severity.ERROR, number, pattern, text)
    excluded = {
        p: n for p in rule.applicants if (n := next((n for n in rule.not_applicants if _shuts_out(n, p)), None))
    }
    if excluded and len(excluded) == len(set(rule.applicants)):
        text = f"申请人全部被 not_applicants 排除（{_pairs(excluded)}），规则永远不会成立，请改其中一处"
        yield _finding(Code.EXCLUDED_APPLICANT, Severity.ERROR, number, None, text)
    else:
        for pattern, by in excluded.items():
            text = f"申请人“{pattern}”被 not_applicants 的“{by}”排除，永远不起作用，请删去一处"
            yield _finding(Code.EXCLUDED_APPLICANT, Severity.WARNING, number, pattern, text)


def _shuts_out(excluding: str, pattern: str) -> bool:
    """Whether every name that the pattern fits is surely one that the other fits: the same name, or a full name's short form."""
    same = applicants.legal_name(excluding) == applicants.legal_name(pattern)
    return same or (applicants.is_legal_name(pattern) and applicants.fits(excluding, pattern))
