"""Result lists of WIPO's PATENTSCOPE (docs/sources.md, "PATENTSCOPE result list")."""

import re
from datetime import date
from typing import TYPE_CHECKING

from services.ingest.formats.tables.layout import Layout
from services.ingest.normalise.dates import parse_date
from services.ingest.normalise.text import HAN, script_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.ingest.formats.tables.layout import Texts

NAME = "patentscope"

_CHINESE = re.compile(r"([123])[0-9]{6}(?:[0-9]{2})?")
_NEW_KINDS_SINCE = date(2010, 4, 7)
"""Since this issue of the gazette utility models are U and designs S; since 1993 they had been Y and D once granted."""


def _with_country(texts: "Texts") -> "Iterable[Texts]":
    """Complete the number, which the list parts from its country and gives without a kind code.

    The list has one row an application, with its first publication. For Chinese inventions that is A, and for utility
    models and designs number and day tell the only kind there is. What other offices' numbers are, it does not prove.
    """
    country = texts.pop("country", "").strip().upper()
    number = texts.get("publication_number", "").strip().rstrip("*")
    texts["lang"] = script_language(texts.get("title", ""))
    if country == "CN":
        texts.update({name: _in_chinese(texts[name]) for name in ("applicants", "inventors") if name in texts})
    if country == "CN" and (kind := chinese_kind(number, texts.get("published_on", ""))):
        texts["kind"] = kind
    texts["publication_number"] = number if number.upper().startswith(country) else f"{country}{number}"
    return (texts,)


def _in_chinese(names: str) -> str:
    """Return the Chinese names alone where each stands behind its transcription: ``ZHANG SAN; 张三``."""
    several = [name.strip() for name in names.split(";")]
    are_pairs = len(several) % 2 == 0 and all(bool(HAN.search(name)) == bool(at % 2) for at, name in enumerate(several))
    return "; ".join(several[1::2]) if are_pairs else names


def chinese_kind(number: str, published_on: str) -> str | None:
    """Return the kind code of the first publication of a Chinese application, which is what PATENTSCOPE lists.

    Args:
        number: digits alone; of any other number the kind is not known (``None``).
        published_on: any of the ways in which sources write dates; what is none is taken for a recent day.
    """
    protection = _CHINESE.fullmatch(number)
    if protection is None:
        return None
    day = parse_date(published_on)
    is_new = day is None or day >= _NEW_KINDS_SINCE
    return {"1": "A", "2": "U" if is_new else "Y", "3": "S" if is_new else "D"}[protection[1]]


LAYOUT = Layout(
    name=NAME,
    columns={
        "publication_number": ("Publication Number",),
        "title": ("Title",),
        "country": ("Country",),
        "published_on": ("Publication Date",),
        "filed_on": ("Application Date",),
        "application_number": ("Application Number",),
        "abstract": ("Abstract",),
        "applicants": ("Applicants",),
        "inventors": ("Inventors",),
        "ipc": ("I P C", "IPC", "Int.Class"),
    },
    telltale=("Application Id", "National Phase Entries", "I P C"),
    needed=("Country",),
    others=("Priorities Data",),
    kindless=True,
    finish=_with_country,
)
