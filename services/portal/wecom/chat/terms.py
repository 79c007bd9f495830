"""Keywords as people write them in a chat, and the rule that they stand for."""

import re
from dataclasses import dataclass

from shared.wire.profile import MAX_TERM_CHARACTERS, Profile, Rule

MAX_WORDS = 20

_IPC = re.compile(r"[A-H](?:\d{2}(?:[A-Z](?:\d{1,4}(?:/\d{2,6})?)?)?)\*?")
_HOLDER = re.compile(r".{2,}(?:公司|集团|大学|学院|研究院|研究所|实验室)")
_HAN = "[\u4e00-\u9fff]"
_OR = re.compile(rf"(?<=\S)\s*(?:[、|,，]|或者|或|(?<={_HAN})/|/(?={_HAN}))\s*(?=\S)")
_NOT = re.compile(r"(?<=[\s、，,])(?:[-—]|排除|不要|不含|除去)\s*(?=\S)")
_AND = re.compile(rf"\s+(?:且|并且|和|与|及)\s+|\s+[+&]\s*(?=\S)|(?<={_HAN})[+&]\s*|(?<![+&\s])[+&](?={_HAN})|\s+")
_NAME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to be told of.

    Attributes:
        groups: each an OR list; all of them must be met.
        none: words that must not stand there.
        ipc: patterns of classes.
        applicants: names of companies and institutes.
    """

    groups: tuple[tuple[str, ...], ...]
    none: tuple[str, ...]
    ipc: tuple[str, ...]
    applicants: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the profile is called."""
        words = [*(group[0] for group in self.groups), *self.applicants, *self.ipc]
        name = " ".join(words)
        return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"

    @property
    def in_words(self) -> str:
        """What it finds, for its author."""
        parts = ["或".join(f"“{word}”" for word in group) for group in self.groups]
        parts += [f"申请人是{'或'.join(self.applicants)}"] if self.applicants else []
        parts += [f"分类号属于 {'、'.join(self.ipc)}"] if self.ipc else []
        said = "，并且".join(parts)
        return f"{said}；不含{'、'.join(f'“{word}”' for word in self.none)}" if self.none else said

    def profile(self, profile_id: str) -> Profile:
        """Return the standing query."""
        rule = Rule(groups=self.groups, none=self.none, ipc=self.ipc, applicants=self.applicants)
        return Profile(id=profile_id, name=self.name, rules=(rule,))


def parse_terms(text: str) -> Wanted | None:
    """Return what a tidied text asks for, ``None`` when it holds nothing that can be looked for.

    Blanks part what must all be met; 、 and 或 part what is as good as each other; - or 不要 stands before what must not be there.
    """
    joined = _OR.sub("\x00", _NOT.sub(" -", f" {text} "))
    groups: list[tuple[str, ...]] = []
    none: list[str] = []
    ipc: list[str] = []
    applicants: list[str] = []
    for part in _AND.split(joined.strip())[:MAX_WORDS]:
        excluded = part.startswith("-")
        words = [word for word in dict.fromkeys(part.lstrip("-").split("\x00")) if _is_word(word)]
        if excluded:
            none.extend(words)
            continue
        ipc.extend(_pattern(word.upper()) for word in words if _IPC.fullmatch(word.upper()))
        applicants.extend(word for word in words if _HOLDER.fullmatch(word))
        left = tuple(word for word in words if not _IPC.fullmatch(word.upper()) and not _HOLDER.fullmatch(word))
        if left:
            groups.append(left)
    if not (groups or ipc or applicants):
        return None
    return Wanted(groups=tuple(groups), none=tuple(none), ipc=tuple(ipc), applicants=tuple(applicants))


def _is_word(word: str) -> bool:
    return any(c.isalnum() for c in word) and len(word) <= MAX_TERM_CHARACTERS


def _pattern(symbol: str) -> str:
    return symbol if symbol.endswith("*") or "/" in symbol else f"{symbol}*"
