"""What a profile asks for, in words."""

from typing import TYPE_CHECKING

from services.portal.console.editor.draft import text_of
from services.portal.desk.refusals import Text
from shared.divisions import called

if TYPE_CHECKING:
    from datetime import date

    from services.portal.console.editor.draft import Draft

MOST_WORDS = 4
"""Of a list, in a summary."""


def week_label(monday: "date") -> str:
    """Return how a week is called under its bar (``11-23``: its Monday)."""
    return f"{monday:%m-%d}"


def summary(draft: "Draft") -> Text:
    """Return a profile in one line: (固态电池 或 全固态电池) 且 隔膜，排除 铅酸，分类 H01M10*."""
    return Text(
        "；或者 ".join(_rule(draft, rule, _ZH) for rule in range(draft.rules)),
        "; or ".join(_rule(draft, rule, _EN) for rule in range(draft.rules)),
    )


_ZH = {
    "or": " 或 ", "and": " 且 ", "more": " 等 {} 个", "gap": "，",
    "none": "排除 ", "ipc": "分类 ", "not_ipc": "排除分类 ", "applicants": "申请人 ", "not_applicants": "排除申请人 ", "regions": "地区 ",
    "kinds": "种类 ",
}  # fmt: skip
_EN = {
    "or": " or ", "and": " and ", "more": " and others, {} in all", "gap": ", ",
    "none": "not ", "ipc": "class ", "not_ipc": "not class ", "applicants": "applicant ", "not_applicants": "not applicant ",
    "regions": "region ", "kinds": "kind ",
}  # fmt: skip


def _rule(draft: "Draft", rule: int, words: dict[str, str]) -> str:
    groups = [
        (f"({_some([text_of(item) for item in group], words)})" if len(group) > 1 else text_of(group[0]))
        for group in draft.groups(rule)
    ]
    lists = [
        words[name] + _some([_shown(name, text_of(item), words) for item in draft.listed(rule, name)], words)
        for name in ("applicants", "ipc", "regions", "kinds", "none", "not_ipc", "not_applicants")
        if draft.listed(rule, name)
    ]
    return words["gap"].join(filter(None, [words["and"].join(groups), *lists]))


def _shown(name: str, text: str, words: dict[str, str]) -> str:
    return called(text, "en" if words is _EN else "zh") if name == "regions" else text


def _some(texts: list[str], words: dict[str, str]) -> str:
    shown = words["or"].join(texts[:MOST_WORDS])
    return shown if len(texts) <= MOST_WORDS else shown + words["more"].format(len(texts))
