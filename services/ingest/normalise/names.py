"""Names of people and firms, out of texts that hold several."""

import html
import re
from collections.abc import Sequence

from services.ingest.normalise.text import clean

JUNK = "?？ \t\u2002\u3000\u00a0"
"""What stands around names: blanks, and what unmappable blanks became."""

SEPARATES = re.compile("[;；|\n]")
_END = "\n"
_SEPARATOR = re.compile(f"(?:[;；\n]|[ \u00a0]\\|[ \u00a0])[;；|\r\n{JUNK}]*")


def split_names(text: str) -> tuple[str, ...]:
    """Return the names between semicolons, bars or line ends, without the junk that stands for unmappable spaces.

    Each comes once. Commas do not separate: ``惠普发展公司，有限责任合伙企业`` is one firm.
    """
    # As most of the junk is.
    if "?" in text:
        text = text.replace(";??", ";")
    if "\u2002" in text:
        text = text.replace(";\u2002", ";")
    return _usual(text) or _rare(text)


def split_each(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the names of each text, as `split_names` does."""
    # What is done to one text, done to all at once.
    joined = f"{_END}{_END.join(texts)}{_END}"
    joined = joined.replace(";??", ";").replace(";\u2002", ";").replace(f";{_END}", _END)
    if ";;" in joined or f"{_END};" in joined or f"{_END}{_END}" in joined or joined.count(_END) != len(texts) + 1:
        return list(map(split_names, texts))
    rows = joined[1:-1].split(_END)
    if joined.replace(_END, "").replace(";", "").replace("·", "").replace(".", "").replace("-", "").isalnum():
        return [tuple(dict.fromkeys(text.split(";"))) if ";" in text else (text,) for text in rows]
    return [(text,) if text.isalnum() else split_names(whole) for text, whole in zip(rows, texts, strict=True)]


def _usual(text: str) -> tuple[str, ...]:
    """Return the names of a text with no sign in it that separates but semicolons; none for other texts."""
    if not text.replace(";", "").isalnum():
        if not text.isprintable() or " " in text or "&" in text or "?" in text or "？" in text or "|" in text:
            return ()
        text = text.replace("；", ";")
    return tuple(dict.fromkeys(filter(None, text.split(";"))))


def _rare(text: str) -> tuple[str, ...]:
    if "&" in text:
        text = html.unescape(text)
    if not SEPARATES.search(text):
        name = clean(text.strip(JUNK))
        return (name,) if name else ()
    return tuple(dict.fromkeys(filter(None, map(clean, _SEPARATOR.split(text.lstrip(JUNK))))))


def names_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return names, each once; a single text may hold several, several texts are one name each."""
    if len(texts) == 1:
        return split_names(texts[0])
    return tuple(dict.fromkeys(filter(None, (clean(text.strip(JUNK)) for text in texts))))
