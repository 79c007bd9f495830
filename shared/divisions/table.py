"""The table of divisions; `tools/make_division_codes.py` makes it, docs/sources.md says where it is from."""

from functools import cache
from importlib import resources


@cache
def named() -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every division, by code; behind today's name of a code stand those of what went to it.

    A code has 2 digits (province), 4 (city) or 6 (district or county).
    """
    lines = resources.files("shared.divisions").joinpath("divisions.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line)
    return tuple((code, name) for code, name in rows)
