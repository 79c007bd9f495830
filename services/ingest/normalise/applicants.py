"""Applicants, inventors and their addresses."""

import html
import re
from functools import lru_cache
from itertools import zip_longest

import msgspec

from services.ingest.normalise.applicant_types import COMPANY, PERSON, type_of
from services.ingest.normalise.countries import country_of_address, country_of_name, country_of_region, told_country
from services.ingest.normalise.regions import Proof, prove, region_of, told_region
from services.ingest.normalise.text import clean
from shared.wire.publication import Applicant

_JUNK = "?？ \t\u2002\u3000\u00a0"
_SEPARATOR = re.compile(f"(?:[;；\n]|[ \u00a0]\\|[ \u00a0])[;；|\r\n{_JUNK}]*")
_SEPARATES = re.compile("[;；|\n]")
_LONGEST_KEPT = 400
_POSTCODE = re.compile(r"\s*([0-9]{6})(?![0-9])[\s,，]*")


def split_names(text: str) -> tuple[str, ...]:
    """Return the names between semicolons, bars or line ends, without the junk that stands for unmappable spaces.

    Each comes once. Commas do not separate: ``惠普发展公司，有限责任合伙企业`` is one firm.
    """
    if "?" in text:
        text = text.replace(";??", ";")  # as most of the junk is
    if text.isalnum():
        return (text,)
    if text.replace(";", "").isalnum():
        return tuple(dict.fromkeys(filter(None, text.split(";"))))
    if text.isprintable() and not (" " in text or "&" in text or "?" in text or "？" in text or "|" in text):
        if "；" in text:
            text = text.replace("；", ";")
        return tuple(dict.fromkeys(filter(None, text.split(";")))) if ";" in text else (text,) if text else ()
    if "&" in text:
        text = html.unescape(text)
    if not _SEPARATES.search(text):
        name = clean(text.strip(_JUNK))
        return (name,) if name else ()
    return tuple(dict.fromkeys(filter(None, map(clean, _SEPARATOR.split(text.lstrip(_JUNK))))))


def names_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return names, each once; a single text may hold several, several texts are one name each."""
    if len(texts) == 1:
        return split_names(texts[0])
    return tuple(dict.fromkeys(filter(None, (clean(text.strip(_JUNK)) for text in texts))))


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
        name = clean(text.strip(_JUNK))
        if name and name not in found:
            found[name] = _applicant(name, address, region)
    return tuple(found.values())


@lru_cache(maxsize=8192)
def applicants_told(names: str, address: str) -> tuple[Applicant, ...]:
    """Return `applicants_of` for a source that has one text for all names, and one address."""
    name = names.removesuffix(";")
    if name.isalnum():  # one name, and nothing in it to be cleaned
        return (_applicant(name, address, ""),)
    return applicants_of.__wrapped__((names,), (address,))


def _applicant(name: str, address: str, said: str) -> Applicant:
    kind = COMPANY if "公司" in name else (type_of if len(name) < _LONGEST_KEPT else type_of.__wrapped__)(name)
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
    for part in filter(str.strip, _SEPARATES.split(texts[0])):
        if parts and part.strip().isdigit():
            parts[-1] += f";{part}"
        else:
            parts.append(part)
    return tuple(parts) if len(parts) == people else texts
