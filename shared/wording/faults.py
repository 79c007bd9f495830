"""What msgspec and the checks of profiles find wrong, in words for people, with what to do."""

import re

from shared.wire.profile import MAX_ID_CHARACTERS, MAX_TERM_CHARACTERS

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
    (r"Expected `(.*)` of length <= (\d+)", "这里的{0}太长，最多 {1} 项或 {1} 个字，请缩短"),
    (r"Expected `(.*)` of length >= (\d+)", "这里的{0}太短，至少 {1} 项或 {1} 个字，请补上"),
    (r"Expected `(.*)` <= (.*)", "这里的{0}太大，最多 {1}，请改正"),
    (r"Expected `(.*)` >= (.*)", "这里的{0}太小，至少 {1}，请改正"),
    (r"Invalid RFC3339 encoded date(?:time)?", "不是日期，请写成 2026-01-31"),
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
