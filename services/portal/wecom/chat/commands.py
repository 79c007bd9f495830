"""What a message asks for; a pure function of its text, tolerant of how people type on a phone.

Full-width signs, traditional characters, missing blanks and one wrong character are understood. Where a guess would change
something, it is only offered: `Command.sure` is false, and the member confirms it.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Callable


class Verb(StrEnum):
    """What can be asked for."""

    HELP = "帮助"
    SUBSCRIBE = "订阅"
    LIST = "我的订阅"
    RECENT = "最近"
    MUTE = "静音"
    RESUME = "恢复"
    LEAVE = "退订"
    BIND = "绑定"
    YES = "确认"
    NO = "取消"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A message as it was understood.

    Attributes:
        rest: what stands behind the verb, blanks between its words; ``""`` when nothing does.
        sure: whether the verb was written as one writes it.
    """

    verb: Verb
    rest: str = ""
    sure: bool = True

    @property
    def corrected(self) -> str:
        """The message as one would have written it."""
        return f"{self.verb} {self.rest}".strip()


_NAMES: dict[str, Verb] = {
    **dict.fromkeys(("帮助", "帮忙", "怎么用", "使用说明", "菜单", "你好", "您好", "help", "?", "hi"), Verb.HELP),
    **dict.fromkeys(("订阅", "关注", "新增订阅", "添加订阅", "subscribe"), Verb.SUBSCRIBE),
    **dict.fromkeys(("我的订阅", "订阅列表", "我的关注", "查看订阅", "列表", "list"), Verb.LIST),
    **dict.fromkeys(("最近", "最新", "近期", "recent"), Verb.RECENT),
    **dict.fromkeys(("静音", "免打扰", "暂停", "勿扰", "mute"), Verb.MUTE),
    **dict.fromkeys(("恢复", "取消静音", "继续", "解除静音", "开启", "resume"), Verb.RESUME),
    **dict.fromkeys(("退订", "取消订阅", "取消关注", "不再订阅", "删除订阅", "unsubscribe"), Verb.LEAVE),
    **dict.fromkeys(("绑定", "关联账号", "绑定账号", "bind"), Verb.BIND),
    **dict.fromkeys(("确认", "确定", "是", "是的", "好", "好的", "可以", "对", "ok", "yes", "y"), Verb.YES),
    **dict.fromkeys(("取消", "不", "不要", "否", "算了", "不用", "no", "n"), Verb.NO),
}
_WHOLE = {Verb.YES, Verb.NO, Verb.HELP, Verb.LIST}
"""These take nothing behind them: a message that only begins like one is something else."""

_BEGINS = sorted((name for name, verb in _NAMES.items() if verb not in _WHOLE), key=len, reverse=True)
_GUESSED = [name for name in _NAMES if len(name) > 1 and not name.isascii() and _NAMES[name] not in {Verb.YES, Verb.NO}]

_TAKES = {
    Verb.MUTE: re.compile(r"(?:[\d一二三四五六七八九十两]*\s*个?(?:天|日|周|星期|礼拜|月))?"),
    Verb.RESUME: re.compile(r"(?:推送|提醒|接收)?"),
}
"""What these take behind them: else the word is the beginning of another one (静音电机)."""

_NUMBERS: tuple[tuple[str, int], ...] = (
    ("二十", 20),
    ("十五", 15),
    ("十", 10),
    *zip("一二三四五六七八九两", (*range(1, 10), 2), strict=True),
)

_POLITE = re.compile(r"^(?:请|麻烦|帮我|给我|我想|我要|想要|要|看看|看下|查看|查询)+(?=\S{2})")
_ENDS = re.compile(r"[\s。.!！~,;:、，；：]+$")
_APART = re.compile(r"^[\s:：,，。.、;；]+")
_BLANKS = re.compile(r"\s+")


def parse(text: str) -> Command:
    """Return what a message asks for; ``UNKNOWN`` with all of it in ``rest`` when nobody can tell."""
    plain = tidy(text)
    if not plain:
        return Command(verb=Verb.UNKNOWN)
    return _exact(plain) or _exact(_POLITE.sub("", plain)) or _guess(plain) or Command(verb=Verb.UNKNOWN, rest=plain)


def tidy(text: str) -> str:
    """Return a text in simplified characters and half-width signs, on one line, without signs at its end."""
    flat = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFKC", _to_simplified()(text)))
    return _ENDS.sub("", _BLANKS.sub(" ", flat).strip()).strip() or flat.strip()


def number_in(text: str, *, default: int, most: int) -> int:
    """Return the number that a text names (``最近 5 条``, ``十条``), within 1 and ``most``."""
    digits = re.search(r"\d{1,6}", text)
    if digits:
        return min(max(int(digits[0]), 1), most)
    return next((min(value, most) for word, value in _NUMBERS if word in text), default)


def days_in(text: str) -> int:
    """Return for how many days somebody wants silence (``一周``, ``3天``, ``一个月``): a week unless it is said, at most 90."""
    count = number_in(text, default=1, most=90)
    if "月" in text:
        return min(count * 30, 90)
    if "天" in text or "日" in text:
        return count
    return min(count * 7, 90)


def _exact(plain: str) -> Command | None:
    folded = plain.casefold()
    whole = _NAMES.get(folded)
    if whole is not None:
        return Command(verb=whole)
    if folded.endswith(("的订阅", "订阅列表")) and len(folded) <= 6:  # noqa: PLR2004 - 查看我的订阅
        return Command(verb=Verb.LIST)
    for name in _BEGINS:
        if folded.startswith(name) and not (name.isascii() and folded[len(name) :][:1].isalnum()):
            verb, rest = _NAMES[name], _APART.sub("", plain[len(name) :]).strip()
            return Command(verb=verb, rest=rest, sure=verb not in _TAKES or _TAKES[verb].fullmatch(rest) is not None)
    return None


def _guess(plain: str) -> Command | None:
    """Take the first word for a verb with one wrong, missing or additional character."""
    first, _, rest = plain.partition(" ")
    found = process.extractOne(first, _GUESSED, scorer=Levenshtein.distance, score_cutoff=1)
    if found is None or len(first) < 2:  # noqa: PLR2004 - one character may be anything
        return None
    return Command(verb=_NAMES[found[0]], rest=rest.strip(), sure=False)


@cache
def _to_simplified() -> "Callable[[str], str]":
    import opencc  # noqa: PLC0415 - only a process that chats needs its dictionaries

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert
