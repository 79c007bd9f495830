"""Text as it should stand: no control characters, no entities, no markup, no junk at its ends."""

import html
import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b]")
_SPACE = re.compile(r"[\s\u2002\u3000]+")
_PARAGRAPH_END = re.compile(r"</p>|<br\s*/?>|[\r\n]+", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|b|i|u|em|strong|sub|sup|img|ul|ol|li|dl|dt|dd|a|font|figref|claim-text)"
    r"(?:\s+[a-z:\-]+\s?=[^<>]{0,400})?\s?/?>",
    re.IGNORECASE,
)
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
"""A Chinese character, which Japanese texts have too."""

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("zh", HAN),
)
UNKNOWN_LANGUAGE = "und"


def clean(text: str) -> str:
    """Return the text with entities resolved, control characters out, runs of white space made one, ends trimmed."""
    # What is printable holds no control character and no white space but the plain blank.
    if text.isprintable() and "  " not in text and "&" not in text:
        return text.strip(" ")
    if "&" in text:
        text = html.unescape(text)
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def paragraphs(text: str) -> str:
    """Return a longer text, cleaned paragraph by paragraph, one a line, with the markup of web pages taken out.

    Only tags that such texts hold are taken: ``若 a<b 且 c>d`` stays whole.
    """
    if "<" not in text:
        return "\n".join(filter(None, map(clean, text.splitlines())))
    parts = (clean(_MARKUP.sub("", part)) for part in _PARAGRAPH_END.split(text))
    return "\n".join(filter(None, parts))


def script_language(text: str) -> str:
    """Return the language that a text's script proves: ``ja``, ``ko``, ``zh``, else ``und`` (ISO 639: undetermined)."""
    return next((language for language, script in _SCRIPTS if script.search(text)), UNKNOWN_LANGUAGE)
