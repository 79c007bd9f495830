"""Profiles with one thing wrong each: the mistakes that people make."""

from typing import Any

from services.matcher.health import Code, Severity
from shared.wire.profile import Fuzziness, Profile, Rule, Term, TermMatch
from tests.unit.matcher.made import profile

ERROR, WARNING, HINT = Severity.ERROR, Severity.WARNING, Severity.HINT


def whole(*groups: tuple[str | Term, ...], **of_profile: Any) -> Profile:  # noqa: ANN401 - whatever a profile has
    return Profile(id="p", rules=(Rule(groups=groups),), **of_profile)


def term(text: str, **more: Any) -> Term:  # noqa: ANN401 - whatever a term has
    return Term(text=text, **more)


BROKEN: list[tuple[Profile, Code, Severity, str]] = [
    (profile(("\u200b",)), Code.EMPTY_TERM, ERROR, "没有可以匹配的字"),
    (profile((term("电池", synonyms=("\u200b",)),)), Code.EMPTY_TERM, ERROR, "没有可以匹配的字"),
    (profile(("膜",), ("电解质",)), Code.SHORT_TERM, WARNING, "只有一个字"),
    (profile(("隔膜",), none=("泵",)), Code.SHORT_TERM, WARNING, "会排除大量有用的结果"),
    (profile(("锂电池、隔膜",)), Code.LISTED_TERM, WARNING, '请拆开写成 "锂电池"、"隔膜"'),
    (profile(("锂电池 隔膜",)), Code.LISTED_TERM, WARNING, "几个关键词写在了一起"),
    (profile(("锂电池 OR 隔膜",)), Code.LISTED_TERM, WARNING, '"锂电池"、"隔膜"'),
    (profile(("锂电池*",)), Code.LISTED_TERM, WARNING, "通配符不起作用"),
    (profile(("方法",)), Code.COMMON_TERM, WARNING, "起不到筛选作用"),
    (profile(("隔膜",), none=("所述",)), Code.COMMON_TERM, WARNING, "会把它们全部排除"),
    (profile(("固态电驰",)), Code.UNSEEN_TERM, WARNING, "是不是想写“固态电池”"),
    (profile(("激光雷答",)), Code.UNSEEN_TERM, WARNING, "“激光雷达”"),
    (profile(("blockchian",)), Code.UNSEEN_TERM, HINT, "和常用的“blockchain”只差一个字母"),
    (profile(("龘靐齉",)), Code.UNSEEN_TERM, HINT, "从不连用"),
    (profile(("LED", "ｌｅｄ")), Code.DUPLICATE_TERM, WARNING, "是同一个词"),
    (profile(("固态电池",), ("固态电池", "隔膜")), Code.REPEATED_TERM, WARNING, "“并且”不起作用"),
    (Profile(id="p", rules=(Rule(ipc=("B33Y*",)), Rule(ipc=("B33Y*",)))), Code.DUPLICATE_RULE, WARNING, "完全相同"),
    (profile((term("隔膜", match=TermMatch.FUZZY),)), Code.SHORT_FUZZY_TERM, HINT, "模糊匹配对它不起作用"),
    (whole(("隔膜",), fuzziness=Fuzziness.NORMAL), Code.SHORT_FUZZY_TERM, HINT, "fuzziness 不起作用"),
    (profile((term("锂离子电池", synonyms=("锂电池",)),)), Code.RING_SYNONYM, HINT, "已在词环里"),
    (profile(("半导",), ("外延片",)), Code.INSIDE_WORDS, HINT, "“半导体”"),
    (profile(("电池", "电机"), none=("电池", "电机")), Code.EXCLUDED_GROUP, ERROR, "永远不会成立"),
    (profile(("隔膜泵",), none=(term("隔膜", match=TermMatch.ANYWHERE),)), Code.EXCLUDED_GROUP, ERROR, "永远不会成立"),
    (profile(("电池", "电机"), none=("电池",)), Code.EXCLUDED_TERM, WARNING, "既是关键词又被 none 排除"),
    (profile(("铅酸电池", "隔膜"), none=("铅酸",)), Code.EXCLUDED_TERM, WARNING, "是关键词“铅酸电池”的一部分"),
    (profile(ipc=("锂",)), Code.BAD_IPC, ERROR, "不是分类号"),
    (profile(ipc=("H01X*",)), Code.UNKNOWN_IPC, ERROR, "没有“H01X”这个小类"),
    (profile(ipc=("H98*",)), Code.UNKNOWN_IPC, ERROR, "没有“H98*”这个大类"),
    (profile(ipc=("H01M10/99999",)), Code.UNKNOWN_IPC, WARNING, "分类表里没有“H01M10/99999”"),
    (profile(ipc=("H01M",)), Code.IPC_WITHOUT_STAR, WARNING, "要包含下级请写“H01M*”"),
    (profile(ipc=("H01M10/0525",), not_ipc=("H01M10*",)), Code.EXCLUDED_IPC, ERROR, "永远不会成立"),
    (profile(ipc=("H01M10/0525", "H01G*"), not_ipc=("H01M*",)), Code.EXCLUDED_IPC, WARNING, "永远不起作用"),
    (profile(applicants=("·",)), Code.BAD_APPLICANT, ERROR, "没有可以匹配的字"),
    (
        profile(applicants=("华为技术有限公司",), not_applicants=("华为",)),
        Code.EXCLUDED_APPLICANT,
        ERROR,
        "永远不会成立",
    ),
    (profile(regions=("广州",)), Code.BAD_REGION, ERROR, "不是行政区划代码"),
    (profile(regions=("99",)), Code.BAD_REGION, ERROR, "不是行政区划代码"),
    (profile(kinds=("X",)), Code.BAD_KIND, ERROR, "不存在"),
    (profile(("隔膜",), kinds=("C",)), Code.RETIRED_KIND, WARNING, "请写 B"),
    (profile(("化妆品",), kinds=("S",), ipc=("A45D*",)), Code.DESIGN_WITHOUT_IPC, ERROR, "永远不会成立"),
    (profile(("化妆品",), kinds=("S", "U"), ipc=("A45D*",)), Code.DESIGN_WITHOUT_IPC, WARNING, "收不到它"),
    (
        Profile(id="p", rules=(Rule(groups=(("化妆品",),), kinds=("S",)),), fields=("abstract",)),
        Code.DESIGN_WITHOUT_TEXT,
        ERROR,
        "请在 fields 里加上 title",
    ),
    (Profile(id="p", rules=(Rule(ipc=("H01M*",)),), min_score=0.9), Code.UNREACHABLE_SCORE, ERROR, "最高只能得 0.6"),
    (whole((term("隔膜", weight=0.01),), min_score=0.99), Code.UNREACHABLE_SCORE, ERROR, "永远不会成立"),
    (whole(("隔膜",), min_score=0.85), Code.UNREACHABLE_SCORE, WARNING, "要摘要里也有才会推送"),
    (profile(("控制器", "电机")), Code.FLOOD, WARNING, "太多"),
    (profile(ipc=("G06F*",)), Code.FLOOD, WARNING, "加一组关键词"),
    (profile(("控制", "控制器")), Code.CONTAINED_TERM, HINT, "它包含了“控制器”"),
    (profile(("龘靐齉",), ("鱻羴猋",), ("锟斤拷",)), Code.SILENCE, HINT, "几乎不会有公开命中"),
]
