"""Regions: codes of administrative divisions, of which a pattern names the beginning; dissolved ones mean their successor."""

from functools import cache, lru_cache
from importlib.resources import files

from services.matcher.engine.text import normalise


@cache
def _successors() -> dict[str, str]:
    """Return the code of a dissolved division → the code of the one that its whole area went to."""
    text = files("services.matcher.resources").joinpath("former_regions.txt").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {old: new for old, new, _year, _name in rows}


def today(code: str) -> str:
    """Return a code as it is in force: 萝岗, 440116, has been part of 黄埔, 440112, since 2014."""
    return _successors().get(code, code)


@lru_cache(maxsize=4096)
def pattern_key(pattern: str) -> str:
    """Return the digits a region's code must begin with: ``440100`` and ``4401*`` mean all of ``4401``, ``440116`` means ``440112``."""
    digits = normalise(pattern).strip().removesuffix("*")
    while len(digits) in (4, 6) and digits.endswith("00"):
        digits = digits[:-2]
    return today(digits)


@lru_cache(maxsize=4096)
def keys(region: str) -> tuple[str, ...]:
    """Return every `pattern_key` that a publication's region fits: each beginning of its code, the empty one, too."""
    code = today(region)
    return tuple(code[:length] for length in range(len(code) + 1)) if code else ()


def fits(pattern: str, region: str | None) -> bool:
    """Whether a region's code lies in the place that a pattern names."""
    return bool(region) and region is not None and today(region).startswith(pattern_key(pattern))
