"""Profile files: one JSON object a line; what is wrong is said with its line, in words, with what to do."""

from typing import TYPE_CHECKING

import msgspec

from shared.errors import InvalidInputError
from shared.wire.profile import Profile
from shared.wording.faults import explain_invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MAX_TOLD = 20
_FIRST_LINE_OF_AN_OBJECT = 10_000
"""A longer first line is a profile that is wrong, not the beginning of one."""


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
