"""Classification symbols: IPC and Locarno."""

import re
from collections.abc import Sequence
from functools import lru_cache

_IPC = re.compile(r"([A-H])\s*([0-9]{2})\s*([A-Z])\s*([0-9]{1,4})\s*/\s*([0-9]{2,6})", re.IGNORECASE)
_SYMBOL = "[A-H][0-9]{2}[A-Z][1-9][0-9]{0,3}+/[0-9]{2,6}+"
_ALL_USUAL = re.compile(rf"(?:{_SYMBOL}(?:;{_SYMBOL})*+\n)++")
_VERSION = re.compile(r"\([0-9.]{7}\)[A-Z]? *(?=[;\n])")
_NORMAL = re.compile(r"[A-H][0-9]{2}[A-Z][1-9][0-9]{0,3}/[0-9]{2,6}(?![0-9])")
_ONE = re.compile(r"([A-H][0-9]{2}[A-Z][1-9][0-9]{0,3}/[0-9]{2,6})(?:\([0-9.]{7}\)[A-Z]?)? *;?")
_COARSE = re.compile(r"([A-H])\s*([0-9]{2})\s*([A-Z])(?:\s*([0-9]{1,4}))?(?![0-9/])", re.IGNORECASE)
_LOCARNO = re.compile(r"(?<![0-9])([0-9]{1,2})\s*-\s*([0-9]{2})(?![0-9])")
_SEPARATOR = re.compile(r"[;；|]")


@lru_cache(maxsize=8192)
def ipc_symbols(text: str) -> tuple[str, ...]:
    """Return the symbols without spaces and version, in order, each once (``G01C21/00(2006.01)I`` is ``G01C21/00``).

    A part that is no symbol is left out; one that ends at its subclass or main group is kept as it is (``G01C``).
    """
    if match := _ONE.fullmatch(text):  # as most are
        return (match[1],)
    normal = _NORMAL.findall(text)
    if len(normal) == text.rstrip("; ").count(";") + 1 and "|" not in text and "；" not in text:
        return tuple(dict.fromkeys(normal))
    symbols: dict[str, None] = {}
    for part in _SEPARATOR.split(text):
        match = _IPC.search(part)
        if match:
            section, number, subclass, group, subgroup = match.groups()
            symbols[f"{section}{number}{subclass}{group.lstrip('0') or '0'}/{subgroup}".upper()] = None
        elif coarse := _COARSE.search(part):
            symbols["".join(piece or "" for piece in coarse.groups()).upper()] = None
    return tuple(symbols)


def symbols_of_each(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the symbols of each text, as `ipc_symbols` does."""
    # In texts of the usual form the same is cut away of all at once; no other text becomes one of these by it.
    joined = _VERSION.sub("", "\n".join([*texts, ""]))
    joined = joined.replace(";??", ";").replace(";\u2002", ";").replace(";\n", "\n")
    if joined.count("\n") != len(texts) or not _ALL_USUAL.fullmatch(joined):
        return list(map(ipc_symbols, texts))
    return [tuple(dict.fromkeys(text.split(";"))) if ";" in text else (text,) for text in joined.split("\n") if text]


@lru_cache(maxsize=4096)
def locarno_classes(text: str) -> tuple[str, ...]:
    """Return Locarno classes in order, each once (``01-01 (12)`` is ``01-01``)."""
    return tuple(dict.fromkeys(f"{main:0>2}-{sub}" for main, sub in _LOCARNO.findall(text)))


def joined(texts: tuple[str, ...]) -> str:
    """Return symbols that may come one by one as one text."""
    return texts[0] if len(texts) == 1 else ";".join(texts)
