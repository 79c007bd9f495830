"""What msgspec and the checks of profiles find, for people in both languages; and where, as a JSON pointer."""

import re
from typing import TYPE_CHECKING

from services.portal.desk.refusals import Fault, Text
from shared.wording.faults import explain_invalid

if TYPE_CHECKING:
    import msgspec

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_KEY_OF = re.compile(r"Object (?:missing required|contains unknown) field `(.+)`")


def fault_of(error: "msgspec.DecodeError | msgspec.ValidationError", *, under: str = "") -> Fault:
    """Return what is wrong, as one fault.

    Args:
        error: of decoding or converting.
        under: pointer to what was decoded.
    """
    what, _, where = str(error).partition(" - at `$")
    pointer = under + _pointer(where.rstrip("`"))
    if key := _KEY_OF.fullmatch(what):
        pointer += "/" + _escaped(key[1])
    return Fault(pointer, Text(explain_invalid(what) + "。", what + "."))


def _pointer(path: str) -> str:
    """Return msgspec's path as a JSON pointer: as far as it tells which, it writes ``[...]`` for any key of a map."""
    pointer = ""
    for step in _STEP.finditer(path):
        name = step[1] if step[1] is not None else step[2]
        if name is None:
            break
        pointer += "/" + _escaped(name)
    return pointer


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
