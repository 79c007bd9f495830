"""Regions as people type them, by name; profiles hold their codes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.refusals import Text
from shared.divisions import below, division, provinces, search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.divisions import Division

FIND, OPEN = "find-region", "open-region"
"""Buttons that look for what was typed (``find-region:RULE``), and list what lies in a region (``open-region:RULE:CODE``)."""

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class OpenPlaces:
    """The list of regions that is open at one rule; ``within``: the one whose parts it lists after it, ``None``: of a search."""

    rule: str
    found: "tuple[Division, ...]"
    within: str | None


def places_open(button: str, typed: "Mapping[str, str]") -> OpenPlaces | None:
    """Return the list that a button opens, or what was typed and may mean several; ``None``: neither.

    Args:
        button: what was pressed.
        typed: what stands in inputs and was not taken in, by place.
    """
    what, _, rest = button.partition(":")
    rule, _, code = rest.partition(":")
    if what == OPEN:
        return OpenPlaces(rule, listed(code), code)
    if what == FIND:
        return OpenPlaces(rule, search(typed.get(f"{rule}.regions", ""), limit=MOST_FOUND), None)
    unclear = next(((place, text) for place, text in typed.items() if place.endswith(".regions") and text), None)
    if unclear is None:
        return None
    place, text = unclear
    return OpenPlaces(place.partition(".")[0], search(text, limit=MOST_FOUND), None)


def listed(code: str) -> "tuple[Division, ...]":
    """Return a region and those directly in it; the provinces where there is none of this code."""
    one = division(code) if code else None
    return (one, *below(one.code)) if one else provinces()


def unclear(text: str) -> Text:
    """Return what is told of a text that names no region, or several."""
    found = search(text, limit=MOST_FOUND)
    if not found:
        return Text(
            f"没有“{text}”这个地区。请写省、市或区县的名称，例如“天河”或“广州”。",
            f"There is no region “{text}”. Write the name of a province, city or district, such as 天河 or 广州.",
        )
    names = [one.called() for one in found[:4]]
    english = [one.called("en") for one in found[:4]]
    return Text(
        f"“{text}”可能是{'、'.join(names)}{'等' if len(found) > len(names) else ''}。请选一个，或写得更完整。",
        f"“{text}” may be {', '.join(english)}{' or another' if len(found) > len(names) else ''}. Choose one, or write more of it.",
    )
