"""Applicants and people as XML documents tell them, in parts that are put together here."""

from typing import TYPE_CHECKING, NamedTuple

from services.ingest.normalise.text import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence


class Applicants(NamedTuple):
    """Names, addresses and countries of the applicants, in one order; an address or country is ``""`` where none is said."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


def together(applicants: "Sequence[tuple[str, str, str]]") -> Applicants:
    """Return applicants that are told one by one: (name, address, country) of each."""
    return Applicants(*map(tuple, zip(*applicants, strict=True)))


def person_name(last: str, first: str) -> str:
    """Return a person's name as the language of its parts writes it."""
    return last + first if HAN.search(last + first) else ", ".join(filter(None, (last, first)))


def postal_address(postcode: str, parts: "Sequence[str]") -> str:
    """Return an address behind its postcode."""
    gap = "" if HAN.search("".join(parts)) else ", "
    return " ".join(filter(None, (postcode, gap.join(parts))))
