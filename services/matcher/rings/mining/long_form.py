"""Abbreviations, formulae, and the Latin long forms that abbreviations stand for.

The idea of `is_long_form` is Schwartz and Hearst's (A simple algorithm for identifying abbreviation definitions in biomedical text,
Pacific Symposium on Biocomputing 2003): from right to left, every letter of the abbreviation must be found in the long form, in
order, and its first letter must begin a word.
"""

import re

from services.matcher.rings.mining.words import words

ABBREVIATION = re.compile(r"[A-Za-zα-ωΑ-Ω0-9][A-Za-z0-9α-ωΑ-Ω/+&-]{1,11}")
LATIN_PHRASE = re.compile(r"[A-Za-z][A-Za-z0-9'’./-]*(?:\s+[A-Za-z0-9][A-Za-z0-9'’./-]*)+")

_UNITS = words("""
    mm cm dm km nm um μm kg mg ug μg ml ul μl kw mw kv mv ma hz khz mhz ghz kpa mpa gpa pa rpm db dbm ppm ppb min sec wt wt% mol
    mmol vol kj kcal ev kev mev lm lux cp cps kn mah wh kwh ah bit byte kb mb gb tb bps kbps mbps gbps ms us ns ps in ft psi bar
    rad deg var kva dpi fps phr
""")
_ROMAN = re.compile(r"[IVX]+[a-z]?")
_QUOTIENT = re.compile(r"^[^/]/|/[^/]$")
_PLURAL = re.compile(r"[A-Z]{2,}s")
_NUMBERED = re.compile(r"[A-Za-z]{2,5}-[1-9]\d?")
_WORD = re.compile(r"[A-Za-z0-9]+")
_ELEMENTS = (
    "He Li Be Ne Na Mg Al Si Cl Ar Ca Sc Ti Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Zr Nb Mo Ag Cd In Sn Sb Te Xe Cs Ba La Ce Nd "
    "Sm Gd Hf Ta Pt Au Hg Pb Bi H B C N O F P S K V Y W I"
)
_FORMULA = re.compile(rf"(?:(?:{'|'.join(_ELEMENTS.split())})(?:[2-9]|1\d)?){{2,6}}")


def is_abbreviation(text: str) -> bool:
    """Whether a text may abbreviate: at least two capitals, a formula, or a numbered name (PD-1).

    Units, Roman numerals, quotients (L/D), reference signs and part numbers (R1, VT2, BX08, SNY-550) are none.
    """
    if not ABBREVIATION.fullmatch(text) or text.lower() in _UNITS or _ROMAN.fullmatch(text) or _QUOTIENT.search(text):
        return False
    if text[-1].isdigit():
        return _NUMBERED.fullmatch(text) is not None or is_formula(text)
    return sum(character.isupper() for character in text) > 1 and (
        text[0].isalpha() or (text[1] == "-" and text[2:].isalpha())
    )


def is_formula(text: str) -> bool:
    """Whether a text reads as a chemical formula: element symbols, and a digit or a symbol of two letters among them."""
    return _FORMULA.fullmatch(text) is not None and not (text.isalpha() and text.isupper())


def singular(text: str) -> str:
    """Return an abbreviation without the s of its plural (LEDs)."""
    return text[:-1] if _PLURAL.fullmatch(text) else text


def letters_of(text: str) -> int:
    """Return how many words an abbreviation stands for, as far as its capitals tell; at least two."""
    return max(2, sum(character.isupper() or character.isdigit() for character in text))


def is_long_form(long: str, short: str) -> bool:
    """Whether a Latin phrase is what an abbreviation stands for."""
    letters = [character for character in short.lower() if character.isalnum()]
    words = _WORD.findall(long)
    if not letters or not 1 < len(words) <= min(len(letters) + 5, 2 * len(letters)):
        return False
    text = long.lower()
    at = len(text)
    for number in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and (text[at] != letters[number] or (number == 0 and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return False
    return at == 0
