"""Classification symbols: IPC and Locarno."""

import re
from functools import lru_cache

_IPC = re.compile(r"([A-H])\s*([0-9]{2})\s*([A-Z])\s*([0-9]{1,4})\s*/\s*([0-9]{2,6})", re.IGNORECASE)
_NORMAL = re.compile(r"[A-H][0-9]{2}[A-Z][1-9][0-9]{0,3}/[0-9]{2,6}(?![0-9])")
_COARSE = re.compile(r"([A-H])\s*([0-9]{2})\s*([A-Z])(?:\s*([0-9]{1,4}))?(?![0-9/])", re.IGNORECASE)
_LOCARNO = re.compile(r"(?<![0-9])([0-9]{1,2})\s*-\s*([0-9]{2})(?![0-9])")
_SEPARATOR = re.compile(r"[;；|]")


@lru_cache(maxsize=32768)
def ipc_symbols(text: str) -> tuple[str, ...]:
    """Return the symbols without spaces and version, in order, each once (``G01C21/00(2006.01)I`` is ``G01C21/00``).

    A part that is no symbol is left out; one that ends at its subclass or main group is kept as it is (``G01C``).
    """
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


@lru_cache(maxsize=4096)
def locarno_classes(text: str) -> tuple[str, ...]:
    """Return Locarno classes in order, each once (``01-01 (12)`` is ``01-01``)."""
    return tuple(dict.fromkeys(f"{main:0>2}-{sub}" for main, sub in _LOCARNO.findall(text)))


def joined(texts: tuple[str, ...]) -> str:
    """Return symbols that may come one by one as one text."""
    return texts[0] if len(texts) == 1 else ";".join(texts)
