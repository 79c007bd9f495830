"""What is wrong with a setting, in a sentence for the operator; never with its value, which may be a secret."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_SENTENCES = {
    "missing": "缺少这一项",
    "string_pattern_mismatch": "写法不对；请对照 docs/operations.md",
    "tuple_type": "要填列表",
    "model_type": "要填表（名字和值）",
    "extra_forbidden": "没有这项设置；请核对名字，或把它删掉",
    "int_parsing": "要填整数",
    "int_type": "要填整数",
    "int_from_float": "要填整数",
    "float_parsing": "要填数字",
    "float_type": "要填数字",
    "string_type": "要填文字",
    "path_type": "要填路径",
    "greater_than": "必须大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than": "必须小于 {lt}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected} 之一",
    "enum": "只能是 {expected} 之一",
    "value_error": "{error}",
}


def describe(errors: "ValidationError", prefix: str) -> str:
    """Return one line for each wrong setting: its name and what it must be."""
    lines = [f"  {prefix}{'.'.join(map(str, e['loc'])).upper()}：{_sentence(e)}" for e in errors.errors()]
    return "\n".join(["设置有误，请改正后再启动：", *lines])


def _sentence(error: "ErrorDetails") -> str:
    context = {name: _spoken(value) for name, value in error.get("ctx", {}).items()}
    return _SENTENCES.get(error["type"], "值不合法；请对照 docs/operations.md").format(**context)


def _spoken(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).replace(" or ", "、").replace(", ", "、")
