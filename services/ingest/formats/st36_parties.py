"""Applicants, inventors and agents of ST.36 documents."""

from typing import TYPE_CHECKING

from services.ingest.formats.parties import Applicants, person_name, postal_address, together
from services.ingest.formats.st36_names import all_named, named, said
from services.ingest.formats.xml_elements import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

_INVENTS_TOO = "applicant-inventor"
_ADDRESS_PARTS = ("address-1", "address-2", "address-3", "street", "city", "county", "state", "province")


def applicants(bibliography: "etree._Element | None") -> Applicants:
    """Return the applicants; the assignees, where every applicant is there as an inventor only (USPTO before 2012)."""
    people = _people(named(bibliography, "parties"), "applicant")
    owners = _people(bibliography, "assignee")
    if owners and all(one.get("app-type") == _INVENTS_TOO for one in people):
        people = owners
    return together(
        [(name, _address(book), _country(one, book)) for one in people for book in _books(one) if (name := _name(book))]
    )


def inventors(bibliography: "etree._Element | None") -> tuple[str, ...]:
    """Return the inventors' names."""
    parties = named(bibliography, "parties")
    people = _people(parties, "inventor") or [
        one for one in _people(parties, "applicant") if one.get("app-type") == _INVENTS_TOO
    ]
    return tuple(name for one in people for book in _books(one) if (name := _name(book)))


def agency(bibliography: "etree._Element | None") -> str:
    """Return the firm that acts for the applicants; ``""`` when only persons do."""
    for agent in _people(named(bibliography, "parties"), "agent"):
        inner = named(agent, "agency")
        for book in _books(agent if inner is None else inner):
            firm = said(book, "orgname") or (said(book, "name") if inner is not None else "")
            if firm:
                return firm
    return ""


def _people(parent: "etree._Element | None", each: str) -> "list[etree._Element]":
    """Return the members of a group (``applicants`` of ``applicant``), or those that stand without one."""
    inside = [one for group in all_named(parent, f"{each}s") for one in all_named(group, each)]
    return inside or list(all_named(parent, each))


def _books(person: "etree._Element") -> "Iterable[etree._Element]":
    """Return the address book, the first where there is one a language; older documents do without it."""
    return list(all_named(person, "addressbook", "address-book"))[:1] or [person]


def _name(book: "etree._Element") -> str:
    for name in ("orgname", "name"):
        if found := said(book, name):
            return found
    return person_name(said(book, "last-name"), said(book, "first-name"))


def _address(book: "etree._Element") -> str:
    where = named(book, "address")
    if where is None:
        return ""
    whole = said(where, "text") or (text(where) if not len(where) else "")
    parts = [whole] if whole else [found for part in _ADDRESS_PARTS if (found := said(where, part))]
    return postal_address(said(where, "postcode"), parts)


def _country(person: "etree._Element", book: "etree._Element") -> str:
    return said(book, "address", "country") or said(person, "residence", "country")
