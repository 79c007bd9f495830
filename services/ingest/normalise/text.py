"""Text as it should stand: no control characters, no entities, no junk at its ends."""

import html
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b]")
_SPACE = re.compile(r"[\s\u2002\u3000]+")


def clean(text: str) -> str:
    """Return the text with entities resolved, control characters out, runs of white space made one, ends trimmed."""
    # What is printable holds no control character and no white space but the plain blank.
    if " " not in text and "&" not in text and text.isprintable():
        return text
    if "&" in text:
        text = html.unescape(text)
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()
