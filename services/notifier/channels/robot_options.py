"""What a robot's destination is made of: its key, out of a key or a whole address, and its options."""

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

MAX_PEOPLE = 20
EVERYBODY = "@all"
MOBILE = r"1\d{10}"
"""A number of the mainland."""

_MAX_KEYWORD = 20


def key_in_query(address: str, *, bases: "Collection[str]", path: str, parameter: str) -> str:
    """Return the key out of ``base/path?parameter=key``, a bare key as it is, ``""`` out of any other address."""
    if "://" not in address:
        return address
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" not in bases or parts.path != path:
        return ""
    keys = parse_qs(parts.query).get(parameter, [])
    return keys[0] if len(keys) == 1 else ""


def key_in_path(address: str, *, bases: "Collection[str]", path: str) -> str:
    """Return the key out of ``base/path/key``, a bare key as it is, ``""`` out of any other address."""
    if "://" not in address:
        return address
    starts = [f"{base}{path}/" for base in bases]
    return next((address.removeprefix(start) for start in starts if address.startswith(start)), "")


def lane_of(key: str) -> str:
    """Return a hash of the key: the vendors count by robot."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def people(options: "Mapping[str, str]", name: str) -> list[str]:
    """Return whom an option calls."""
    return [one for one in options.get(name, "").split(",") if one]


def check_options(
    channel: str,
    options: "Mapping[str, str]",
    *,
    formats: "Collection[str]",
    checks: "Mapping[str, Callable[[str], None]]",
) -> None:
    """Check names, ``format``, and each value by its own check.

    Raises:
        InvalidInputError: an option is unknown or its value cannot work.
    """
    for name, value in options.items():
        if name == "format":
            if value not in formats:
                raise InvalidInputError(f"format={value} 不行。可以是 {'、'.join(formats)}。")
        elif name in checks:
            checks[name](value)
        else:
            known = "、".join(("format", *checks))
            raise InvalidInputError(f"{channel} 没有“{name}”这个选项。可以用：{known}。")


def check_people(name: str, pattern: re.Pattern[str], example: str, value: str) -> None:
    """Check a comma-separated list of at most `MAX_PEOPLE`.

    Raises:
        InvalidInputError: it is empty, too long, or holds what nobody is called.
    """
    called = value.split(",")
    wrong = [one for one in called if not pattern.fullmatch(one)]
    if wrong:
        raise InvalidInputError(f"{name} 里的“{wrong[0]}”不对。请写成 {name}={example}，用逗号分开。")
    if len(called) > MAX_PEOPLE:
        raise InvalidInputError(f"{name} 最多 {MAX_PEOPLE} 个人。要提醒所有人请写 {EVERYBODY}。")


def check_keyword(value: str) -> None:
    """Check the keyword that a robot wants to read in every message."""
    if not value.strip() or len(value) > _MAX_KEYWORD or not value.isprintable():
        raise InvalidInputError(f"keyword 要写机器人安全设置里的一个关键词，最多 {_MAX_KEYWORD} 个字。")


def check_secret(pattern: re.Pattern[str], where: str, value: str) -> None:
    """Check a signature's secret; the sentence does not repeat it."""
    if not pattern.fullmatch(value):
        raise InvalidInputError(f"secret 不对：应是{where}，原样复制。")
