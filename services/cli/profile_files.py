"""Profile files: one JSON object a line; what is wrong is said with its line, in words, with what to do."""

import re
from typing import TYPE_CHECKING

import msgspec

from shared.errors import InvalidInputError
from shared.wire.profile import MAX_ID_CHARACTERS, MAX_TERM_CHARACTERS, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MAX_TOLD = 20
_FIRST_LINE_OF_AN_OBJECT = 10_000
"""A longer first line is a profile that is wrong, not the beginning of one."""

_KINDS = {
    "str": "文字",
    "int": "整数",
    "float": "数字",
    "bool": "true/false",
    "array": "列表",
    "object": "对象",
    "null": "null",
}
_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Object contains unknown field `(.*)`", "不认识的键“{0}”，请改正拼写或删去它"),
    (r"Object missing required field `(.*)`", "缺少必填的键“{0}”，请补上"),
    (r"Expected `(.*)`, got `(.*)`", "这里应当是{0}，现在是{1}，请改正"),
    (r"Invalid enum value (.*)", "不认识的取值{0}，请换成说明中列出的取值"),
    (r"JSON is malformed: (.*)", "不是完整的 JSON（{0}），请检查引号、逗号和括号"),
    (r"Input data was truncated", "JSON 没有写完，请检查引号和括号是否成对"),
    (r"Invalid UTF-8 encoded string", "不是 UTF-8 编码，请另存为 UTF-8"),
    (r"weight of (.*) is (.*), must be .*", "关键词{0}的 weight 是 {1}，应当大于 0 且不超过 1"),
    (
        r"a rule needs a positive condition.*",
        "规则没有任何正面条件，请至少写 groups、ipc、applicants、regions、kinds 之一",
    ),
    (r"a keyword group is empty.*", "有一个关键词组是空的，请删去它或写上关键词"),
    (r"(\w+) has an empty entry", "{0} 里有空白的一项，请删去它"),
    (r"a profile needs at least one rule", "rules 是空的，请至少写一条规则"),
    (r"fields must be some of (.*)", "fields 只能是 {0} 中的一个或几个"),
    (r"min_score is (.*), must be .*", "min_score 是 {0}，应当在 0 到 1 之间"),
    (r"a keyword is empty", "有一个关键词是空白的，请删去它或写上关键词"),
    (r"a keyword has (\d+) characters.*", f"有一个关键词长达 {{0}} 个字，最多 {MAX_TERM_CHARACTERS} 个字，请缩短"),
    (r"an id has .* got (.*)", f"id {{0}} 不合要求：1 到 {MAX_ID_CHARACTERS} 个可见字符，不能有空格"),
)
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in _SENTENCES)


def explain_invalid(message: str) -> str:
    """Say in Chinese what msgspec or a profile's own checks found, and where."""
    what, _, where = message.partition(" - at `")
    said = what
    for pattern, sentence in _PATTERNS:
        if found := pattern.fullmatch(what):
            said = sentence.format(*(_kind_in_words(part) for part in found.groups()))
            break
    place = where.rstrip("`").removeprefix("$").removeprefix(".").replace("[...]", "[…]")
    return f"{place}：{said}" if place else said


def _kind_in_words(part: str) -> str:
    kinds = part.split(" | ")
    return "或".join(_KINDS[kind] for kind in kinds) if all(kind in _KINDS for kind in kinds) else part


def parse_profiles(lines: "Iterable[bytes]") -> "Iterator[tuple[int, Profile | str]]":
    """Return, for each line that is not blank, its number and its profile, or what is wrong with it.

    A single object that somebody wrote over several lines is a profile, too, if nothing else is in the file.
    """
    decoder = msgspec.json.Decoder(Profile)
    given = enumerate(lines, start=1)
    for number, line in given:
        plain = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not plain.strip():
            continue
        found = _parse(decoder, plain)
        if isinstance(found, str) and plain.lstrip()[:1] == b"{" and len(plain) < _FIRST_LINE_OF_AN_OBJECT:
            rest = [plain]
            rest += (more for _, more in given)
            if _is_one_object(whole := b"".join(rest)):
                yield number, _parse(decoder, whole)
                return
            yield number, found
            yield from ((at, _parse(decoder, more)) for at, more in enumerate(rest[1:], number + 1) if more.strip())
            return
        yield number, found


def _parse(decoder: "msgspec.json.Decoder[Profile]", line: bytes) -> "Profile | str":
    try:
        return decoder.decode(line)
    except msgspec.MsgspecError as error:
        return explain_invalid(str(error))
    except UnicodeDecodeError:
        return explain_invalid("Invalid UTF-8 encoded string")


def _is_one_object(raw: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(raw), dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def each_profile(path: "Path") -> "Iterator[Profile]":
    """Give the profiles of a file, one after the other, so that a million need not lie in memory.

    Raises:
        InvalidInputError: it cannot be read, holds nothing, or some lines are wrong; raised when all of it was given, the
            message names each.
    """
    bad: list[str] = []
    wrong = 0
    seen: dict[int, int] = {}  # by hash: the ids themselves would take more than the compiled profiles
    try:
        with path.open("rb") as file:
            for number, profile in parse_profiles(file):
                said = profile if isinstance(profile, str) else ""
                if not isinstance(profile, str):
                    first = seen.setdefault(hash(profile.id), number)
                    if first == number:
                        yield profile
                        continue
                    said = f"id“{profile.id}”与第 {first} 行相同，请改掉其中一个"
                wrong += 1
                if wrong <= _MAX_TOLD:
                    bad.append(f"{path} 第 {number} 行：{said}")
    except OSError as error:
        raise InvalidInputError(f"{path}：无法读取（{error.strerror}），请检查路径和权限") from error
    if wrong:
        raise InvalidInputError("\n".join([*bad, *([f"……另有 {wrong - _MAX_TOLD} 处"] if wrong > _MAX_TOLD else [])]))
    if not seen:
        raise InvalidInputError(f"{path}：文件里没有订阅画像，请每行写一个 JSON 对象")


def read_profiles(path: "Path") -> list[Profile]:
    """Read a whole file; raises as `each_profile` does."""
    return list(each_profile(path))
