"""Applicants and their addresses."""

import re
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

import msgspec

from services.ingest.normalise.applicant_types import COMPANY, PERSON, type_of
from services.ingest.normalise.countries import country_of_address, country_of_name, country_of_region, told_country
from services.ingest.normalise.names import JUNK, SEPARATES, names_of, split_names
from services.ingest.normalise.regions import Proof, prove, region_of, told_region
from services.ingest.normalise.text import clean
from shared.kept import Kept
from shared.wire.publication import Applicant

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_KEPT = 400
"""Characters of names and address together."""

_POSTCODE = re.compile(r"\s*([0-9]{6})(?![0-9])[\s,，]*")


def split_address(text: str) -> tuple[str | None, str | None]:
    """Return (address, postcode); the postcode stands before the address, often glued to it."""
    if not text.isalnum():
        text = clean(text)
    code, following = text[:6], text[6:7]
    if following > "9" and following != "，" and code.isdigit() and code.isascii():
        return text[6:], code  # as most are written: glued together
    match = _POSTCODE.match(text)
    if match is None:
        return text or None, None
    return text[match.end() :] or None, match[1]


@lru_cache(maxsize=8192)
def applicants_of(
    names: tuple[str, ...], addresses: tuple[str, ...] = (), regions: tuple[str, ...] = ()
) -> tuple[Applicant, ...]:
    """Return the applicants, each once, with the address and region that stand at their place.

    A single address is the first applicant's, unless it holds as many as there are applicants.
    """
    people = names_of(names)
    if len(people) == 1 and len(addresses) == 1:  # most of all
        return (_applicant(people[0], addresses[0], regions[0] if regions else ""),)
    if len(people) <= 1 or len(names) == 1:
        keyed = zip_longest(people, _each(addresses, len(people)), _each(regions, len(people)), fillvalue="")
    else:
        keyed = zip_longest(names, addresses, regions, fillvalue="")
    found: dict[str, Applicant] = {}
    for text, address, region in keyed:
        name = clean(text.strip(JUNK))
        if name and name not in found:
            found[name] = _applicant(name, address, region)
    return tuple(found.values())


def applicants_of_each(names: "Sequence[str]", addresses: "Sequence[str]") -> list[tuple[Applicant, ...]]:
    """Return `applicants_of` for each row of a source that has one text for all names, and one address; at least one row."""
    usual = max(map(len, names)) + max(map(len, addresses)) <= _LONGEST_KEPT
    return list(map(_kept.__getitem__ if usual else _of_pair, zip(names, addresses, strict=True)))


def _of_pair(pair: tuple[str, str]) -> tuple[Applicant, ...]:
    names, address = pair
    name = names.removesuffix(";")
    if not name.isalnum():  # more than one name, or something in it to be cleaned
        people = split_names(names)
        if len(people) != 1:
            return _several(people, names, address)
        (name,) = people
    # Written out, as in `_applicant_at`: this is done for most rows, and a call of what does it is a tenth of what it does.
    kind = COMPANY if "公司" in name else type_of(name)
    where, postcode = split_address(address)
    region = region_of(where)
    country = country_of(name, kind, where, None, "") if region is None else country_of_region(region)
    return (Applicant(name=name, address=where, postcode=postcode, region=region, type=kind, country=country),)


_kept = Kept(_of_pair, 32_768)


def _several(people: tuple[str, ...], names: str, address: str) -> tuple[Applicant, ...]:
    """Return several applicants, of whom mostly the first has the address; none for none."""
    if not "".join(people).isalnum() or SEPARATES.search(address):
        return applicants_of.__wrapped__((names,), (address,))
    return (_applicant_at(people[0], address), *(_applicant(name, "", "") for name in people[1:]))


def _applicant_at(name: str, address: str) -> Applicant:
    kind = COMPANY if "公司" in name else type_of(name)
    where, postcode = split_address(address)
    region = region_of(where)
    country = country_of(name, kind, where, None, "") if region is None else country_of_region(region)
    return Applicant(name=name, address=where, postcode=postcode, region=region, type=kind, country=country)


def _applicant(name: str, address: str, said: str) -> Applicant:
    kind = COMPANY if "公司" in name else type_of(name)
    if not address and not said:
        return Applicant(name=name, type=kind, country=country_of(name, kind, None, None, ""))
    where, postcode = split_address(address)
    region = proof_of(where, said).code if said else region_of(where)
    country = country_of(name, kind, where, region, said) if region is None else country_of_region(region)
    return Applicant(name=name, address=where, postcode=postcode, region=region, type=kind, country=country)


def completed(applicant: Applicant) -> Applicant:
    """Return an applicant with what can be derived of him and is not there yet."""
    kind = applicant.type or type_of(applicant.name)
    region = applicant.region or region_of(applicant.address)
    country = applicant.country or country_of(applicant.name, kind, applicant.address, region, "")
    return msgspec.structs.replace(applicant, region=region, type=kind, country=country)


def country_of(name: str, kind: str | None, address: str | None, region: str | None, said: str) -> str | None:
    """Return the country that the region proves, else the address, the source's own word, or an organisation's name."""
    if region is not None:
        return country_of_region(region)
    return (
        (country_of_address(address) if address else None)
        or (told_country(said) if said else None)
        or (country_of_name(name) if kind != PERSON else None)
    )


def proof_of(address: str | None, said: str) -> Proof:
    """Return what an address without its postcode and the source's own word prove together."""
    proof = prove(address or "")
    return told_region(said, proof) if said else proof


def _each(texts: tuple[str, ...], people: int) -> tuple[str, ...]:
    """Split a single text when it holds one value for each of several people; a code goes with the name before it."""
    if len(texts) != 1 or people <= 1:
        return texts
    parts: list[str] = []
    for part in filter(str.strip, SEPARATES.split(texts[0])):
        if parts and part.strip().isdigit():
            parts[-1] += f";{part}"
        else:
            parts.append(part)
    return tuple(parts) if len(parts) == people else texts
