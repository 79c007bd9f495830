"""What a rule asks beyond keywords, as keys; and the keys that a publication's values have.

A pattern fits a value when they have a key in common; that is what `bibliography` specifies in words.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from services.matcher.engine import applicants, ipc, regions
from services.matcher.engine.bibliography import kind_pattern, region_pattern
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from shared.wire.profile import Rule
    from shared.wire.publication import Publication

    Asked = tuple[str, tuple[str, ...]]


class Field(IntEnum):
    """Where a value stands; the numbers go on after those of `TEXT_FIELDS`."""

    IPC = 3
    APPLICANT = 4
    REGION = 5
    KIND = 6


FIELD_PREFIXES = (*TEXT_FIELDS, "ipc[", "applicants[", "applicants[")
FIELD_SUFFIXES = ("", "", "", "]", "].name", "].region")
"""What evidence calls a field, by its number: for a value, its position stands between the two."""

_IPC_SHARES = {1: 0.2, 3: 0.03, 4: 0.005}
_GROUP_SHARE, _KIND_SHARE, _APPLICANT_SHARE, _REGION_SHARE = 0.0005, 0.3, 0.0001, 0.05


def asked_of(rule: "Rule") -> "tuple[list[list[Asked]], list[Asked]]":
    """Return what a rule asks: lists of (pattern, its keys), of each of which it needs one; and the patterns it refuses."""
    wanted: list[list[Asked]] = [
        [(pattern, _ipc(pattern)) for pattern in rule.ipc],
        [(pattern, _applicant(pattern)) for pattern in rule.applicants],
        [(pattern, (f"{Field.REGION:d}{region_pattern(pattern)}",)) for pattern in rule.regions],
        [(pattern, (f"{Field.KIND:d}{kind_pattern(pattern)}",)) for pattern in rule.kinds],
    ]
    refused = [(pattern, _ipc(pattern)) for pattern in rule.not_ipc]
    refused += [(pattern, _applicant(pattern)) for pattern in rule.not_applicants]
    return [patterns for patterns in wanted if patterns], refused


def _ipc(pattern: str) -> tuple[str, ...]:
    return tuple(f"{Field.IPC:d}{key}" for key in ipc.pattern_keys(pattern))


def _applicant(pattern: str) -> tuple[str, ...]:
    return tuple(f"{Field.APPLICANT:d}{key}" for key in applicants.pattern_keys(pattern))


def values_of(publication: "Publication", fields: "Container[Field]") -> "Iterator[tuple[Field, int, str]]":
    """Return every value of these fields: the field, its position there, the value."""
    if Field.IPC in fields:
        for position, symbol in enumerate(publication.ipc):
            yield Field.IPC, position, symbol
    if Field.APPLICANT in fields or Field.REGION in fields:
        for position, applicant in enumerate(publication.applicants):
            if Field.APPLICANT in fields:
                yield Field.APPLICANT, position, applicant.name
            if applicant.region and Field.REGION in fields:
                yield Field.REGION, position, applicant.region
    if Field.KIND in fields:
        yield Field.KIND, 0, publication.kind


def keys_of(field: Field, value: str) -> "Sequence[str]":
    """Return the keys that a value has; some more than once."""
    if field is Field.IPC:
        found: Sequence[str] = ipc.keys(value)
    elif field is Field.APPLICANT:
        found = applicants.keys(value)
    elif field is Field.REGION:
        found = regions.keys(value)
    else:
        plain = value.upper()
        found = [plain[:length] for length in range(len(plain) + 1)]
    return [f"{field:d}{key}" for key in found]


def share_of(key: str) -> float:
    """Return the share of publications that a key is expected in: a guess by its kind, which decides about speed alone."""
    field, plain = Field(int(key[0])), key[1:]
    if field is Field.IPC:
        return _IPC_SHARES.get(len(plain.rstrip("*")), _GROUP_SHARE)
    if field is Field.REGION:
        return _REGION_SHARE / 10 ** max(0, len(plain) - 2) if plain else 1.0
    if field is Field.KIND:
        return _KIND_SHARE if plain else 1.0
    return _APPLICANT_SHARE
