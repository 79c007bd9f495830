"""Applicants, inventors and agents of ST.96 documents."""

from typing import TYPE_CHECKING

from services.ingest.formats.parties import Applicants, person_name, postal_address, together
from services.ingest.formats.xml_elements import children, inside, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_CONTACTS = ("PublicationContact", "Contact")
_NAMES = ("OrganizationStandardName", "OrganizationName", "LegalEntityName", "EntityName", "PersonFullName")
_WHOLE_ADDRESSES = ("PostalAddressText", "AddressLineText")
_ADDRESS_PARTS = ("CityName", "CountyName", "GeographicRegionName")


def applicants(parties: "etree._Element | None") -> Applicants:
    """Return the applicants in their order."""
    return together(
        [
            (name, _address(contact), _first(contact, "CountryCode"))
            for contact in _contacts(parties, "Applicant")
            if (name := _name(contact))
        ]
    )


def inventors(parties: "etree._Element | None") -> tuple[str, ...]:
    """Return the inventors' names."""
    return tuple(filter(None, map(_name, _contacts(parties, "Inventor"))))


def agency(parties: "etree._Element | None") -> str:
    """Return the firm that acts for the applicants; ``""`` when only persons do."""
    firms = (_first(contact, *_NAMES[:3]) for contact in _contacts(parties, "RegisteredPractitioner"))
    return next(filter(None, firms), "")


def _contacts(parties: "etree._Element | None", each: str) -> "Iterator[etree._Element]":
    """Yield the contact of each party; of several languages the Chinese one."""
    for party in inside(parties, each):
        contacts = list(children(party, *_CONTACTS)) or [party]
        yield next(filter(_is_chinese, contacts), contacts[0])


def language(element: "etree._Element") -> str:
    """Return the two letters of an element's own language; ``""`` when it says none. The attribute has a namespace."""
    said = (value for key, value in element.attrib.items() if str(key).rpartition("}")[2] == "languageCode")
    return str(next(said, "")).lower()[:2]


def _is_chinese(contact: "etree._Element") -> bool:
    return any(language(one) == "zh" for one in contact.iter())


def _name(contact: "etree._Element") -> str:
    return _first(contact, *_NAMES) or person_name(_first(contact, "LastName"), _first(contact, "FirstName"))


def _address(contact: "etree._Element") -> str:
    lines = [found for one in inside(contact, *_WHOLE_ADDRESSES) if (found := text(one))]
    parts = lines + [found for part in _ADDRESS_PARTS if (found := _first(contact, part))]
    return postal_address(_first(contact, "PostalCode"), parts)


def _first(contact: "etree._Element", *names: str) -> str:
    """Return the first text that stands inside under the first of these names."""
    return next((found for name in names for one in inside(contact, name) if (found := text(one))), "")
