"""How fields and lists are called in sentences of advice."""

from functools import partial
from typing import TYPE_CHECKING

from shared.divisions import called
from shared.wording.said import Tongue

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = {"title": ("标题", "title"), "abstract": ("摘要", "abstract"), "claim": ("权利要求", "claims")}
LISTS = {
    "ipc": ("IPC 分类", "IPC class"),
    "applicants": ("申请人", "Applicant"),
    "regions": ("地区", "Region"),
    "kinds": ("文献种类", "Kind of document"),
}


def _names(language: str, column: int) -> "dict[str, Callable[[str], str]]":
    return {
        "f": {name: both[column] for name, both in FIELDS.items()}.__getitem__,
        "w": {name: both[column] for name, both in LISTS.items()}.__getitem__,
        "p": partial(called, language=language),
    }


CHINESE = Tongue(names=_names("zh", 0), between="、", quoted="“{}”", more=" 等 {} 个", nothing="（没有）")
ENGLISH = Tongue(names=_names("en", 1), between=", ", quoted="“{}”", more=" and others, {} in all", nothing="(none)")
