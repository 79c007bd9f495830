"""What a profile says that is valid but will not do what its author wants."""

from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING

from services.matcher.engine import applicants, ipc
from services.matcher.engine.bibliography import kind_pattern, region_pattern
from services.matcher.engine.text import normalise_term
from shared.wire.profile import Fuzziness, TermMatch, as_term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.wire.profile import Profile, Rule

_EMPTY_WORDS = frozenset(
    (
        *(
            "一种",
            "方法",
            "装置",
            "系统",
            "设备",
            "结构",
            "及其",
            "用于",
            "基于",
            "具有",
            "包括",
            "进行",
            "采用",
            "使用",
        ),
        *(
            "利用",
            "通过",
            "实现",
            "新型",
            "制备方法",
            "工艺",
            "技术",
            "应用",
            "产品",
            "材料",
            "部件",
            "组件",
            "机构",
            "以及",
        ),
        *("所述", "其他", "其它", "公开", "发明", "实用新型", "专利", "一体", "多个", "一个"),
    )
)
_KINDS = frozenset("ABCSUYDEPTW")
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 83))
    for code in range(*codes)
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the author.

    Attributes:
        is_error: something can never hold; otherwise it may be what the author wants.
        text: what is wrong, and what to do.
    """

    is_error: bool
    text: str


def check_profile(profile: "Profile") -> list[Finding]:
    """Return what is worth saying about a profile, in the order of its rules."""
    findings = []
    asks_fuzzy = any(
        as_term(term).match is TermMatch.FUZZY for rule in profile.rules for term in chain(*rule.groups, rule.none)
    )
    if profile.fuzziness is not Fuzziness.OFF or asks_fuzzy:
        findings.append(Finding(is_error=False, text="模糊匹配还没有启用，这些关键词按默认方式（词和词缀）精确匹配"))
    for number, rule in enumerate(profile.rules, start=1):
        findings += [
            Finding(is_error=found.is_error, text=f"第 {number} 条规则：{found.text}")
            for found in chain(_check_terms(rule), _check_exclusions(rule), _check_bibliography(rule))
        ]
    return findings


def _warning(text: str) -> Finding:
    return Finding(is_error=False, text=text)


def _error(text: str) -> Finding:
    return Finding(is_error=True, text=text)


def _check_terms(rule: "Rule") -> "Iterator[Finding]":
    for term in map(as_term, chain(*rule.groups, rule.none)):
        for text in (term.text, *term.synonyms):
            plain = normalise_term(text)
            if not plain:
                yield _error(f"关键词“{text}”没有可以匹配的字，请改写或删去")
            elif len(plain) == 1:
                yield _warning(f"关键词“{text}”只有一个字，会带来大量无关结果，请写得更具体")
            elif plain in _EMPTY_WORDS:
                yield _warning(f"“{text}”几乎每件专利都有，起不到筛选作用，请换成技术用语")
    for group in rule.groups:
        texts = dict.fromkeys(as_term(term).text for term in group)
        for one, other in combinations(texts, 2):
            yield from _check_pair(*sorted((one, other), key=lambda text: len(normalise_term(text))))


def _check_pair(short: str, long: str) -> "Iterator[Finding]":
    inner, outer = normalise_term(short), normalise_term(long)
    if inner == outer:
        yield _warning(f"“{short}”和“{long}”是同一个词，请删去一个")
    elif inner and (outer.startswith(inner) or outer.endswith(inner)):
        yield _warning(f"同一组里“{long}”已含“{short}”，有“{short}”就够了，除非想给“{long}”另设权重")


def _check_exclusions(rule: "Rule") -> "Iterator[Finding]":
    """An exclusion that every text of a keyword group holds leaves nothing over."""
    excluded = {normalise_term(as_term(term).text): as_term(term).text for term in rule.none}
    for number, group in enumerate(rule.groups, start=1):
        wanted = {normalise_term(text) for term in map(as_term, group) for text in (term.text, *term.synonyms)}
        hit = {text for text in wanted if text in excluded}
        if wanted and hit == wanted:
            words = "、".join(excluded[text] for text in sorted(hit))
            yield _error(f"第 {number} 组的关键词都被 none 排除（{words}），规则永远不会成立，请改 none 或这一组")
        else:
            for text in sorted(hit):
                yield _warning(f"“{excluded[text]}”既是关键词又被 none 排除，作为关键词永远不起作用，请删去一处")
        for text in sorted(wanted - hit):
            for none in sorted(excluded):
                if none and (text.startswith(none) or text.endswith(none)) and len(none) < len(text):
                    yield _warning(f"none 里的“{excluded[none]}”是关键词“{text}”的一部分，会把它也排除掉，请写得更具体")


def _check_bibliography(rule: "Rule") -> "Iterator[Finding]":
    for pattern in chain(rule.ipc, rule.not_ipc):
        yield from _check_ipc(pattern)
    for pattern in rule.regions:
        digits = region_pattern(pattern)
        if not (digits.isdecimal() and len(digits) in (2, 4, 6) and digits[:2] in _PROVINCES):
            yield _error(f"地区“{pattern}”不是行政区划代码，请写 44、4401 或 440106 这样的代码")
    for pattern in rule.kinds:
        if kind_pattern(pattern)[:1] not in _KINDS:
            yield _error(f"文献种类“{pattern}”不存在，请写 A（公开）、B（授权）、U（实用新型）、S（外观设计）等")
    for pattern in chain(rule.applicants, rule.not_applicants):
        if not applicants.legal_name(pattern):
            yield _error(f"申请人“{pattern}”没有可以匹配的字，请改写或删去")


def _check_ipc(pattern: str) -> "Iterator[Finding]":
    canonical = ipc.canonical(pattern)
    if canonical is None:
        yield _error(f"IPC“{pattern}”不是分类号，请写成 H01M10/0525、H01M10* 或 H01M* 的样子")
    elif not ipc.is_known(canonical):
        yield _warning(f"分类表里没有“{pattern}”，请核对；它只会命中写着同样分类号的公开")
    elif "/" not in canonical and not canonical.endswith("*"):
        yield _warning(f"IPC“{pattern}”没有星号，只命中写到这一级的公开；要包含下级请写“{pattern}*”")
