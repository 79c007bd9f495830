"""The rings in force: an immutable value that answers which other words stand for a term."""

import hashlib
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from services.matcher.engine.text import normalise_term
from services.matcher.rings.files import parse_rings, read_rings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from services.matcher.rings.ring import Ring

ACCEPTED_FILE = "terms.jsonl"
"""Rings that a person accepted, in the data folder."""


class Rings:
    """Rings, looked up by any spelling of a member.

    Attributes:
        rings: the rings, in file order; those that extend another are already part of it.
    """

    def __init__(self, rings: "Iterable[Ring]" = ()) -> None:
        self.rings = tuple(joined(rings))
        self._found: dict[str, tuple[tuple[str, str], ...]] = {}
        for ring in self.rings:
            members = tuple((normalise_term(member), member) for member in ring.members)
            for plain, _ in members:
                earlier = self._found.get(plain)
                self._found[plain] = members if earlier is None else (*earlier, *members)

    @staticmethod
    @cache
    def shipped() -> "Rings":
        """Return the curated rings that come with the matcher; read once a process."""
        raw = files("services.matcher.resources").joinpath("rings.jsonl").read_bytes()
        return Rings(parse_rings(raw, "rings.jsonl"))

    @staticmethod
    def with_accepted(path: "Path | None") -> "Rings":
        """Return the shipped rings and those of a file of accepted ones; a file that is not there holds none.

        Raises:
            InvalidInputError: the file, or a line of it, cannot be read; the message names it.
            FutureSchemaError: a later version wrote it.
        """
        if path is None or not path.exists():
            return Rings.shipped()
        return Rings((*Rings.shipped().rings, *read_rings(path)))

    def synonyms_of(self, term: str) -> tuple[str, ...]:
        """Return the other members, as written, of all rings that a term belongs to, in file order; none twice."""
        plain = normalise_term(term)
        others: dict[str, str] = {}
        for other, member in self._found.get(plain, ()):
            if other != plain:
                others.setdefault(other, member)
        return tuple(others.values())

    def of_term(self, term: str) -> "tuple[Ring, ...]":
        """Return the rings that a term, in any spelling, belongs to."""
        return tuple(ring for ring in self.rings if ring.holds(term)) if normalise_term(term) in self._found else ()

    @cached_property
    def fingerprint(self) -> str:
        """32 hexadecimal digits that change with any member of any ring, for what is compiled from them."""
        said = "\n".join("\t".join(ring.members) for ring in self.rings)
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def __len__(self) -> int:
        return len(self.rings)


def joined(rings: "Iterable[Ring]") -> "list[Ring]":
    """Put the members of rings that extend another into it; where that is not there any more, they stay a ring."""
    by_id: dict[str, Ring] = {}
    for ring in rings:
        base = by_id.get(ring.extends)
        if base is None:
            by_id[ring.id] = ring
            continue
        known = {normalise_term(member) for member in base.members}
        new = tuple(member for member in ring.members if normalise_term(member) not in known)
        by_id[base.id] = msgspec.structs.replace(
            base, members=(*base.members, *new), reasons={**base.reasons, **ring.reasons}
        )
    return list(by_id.values())


def ring_set(data_dir: "Path | None" = None) -> Rings:
    """Return the rings in force in an installation: the shipped ones and those accepted in its data folder.

    Raises:
        InvalidInputError: the file of accepted rings cannot be read.
        FutureSchemaError: a later version wrote it.
    """
    return Rings.with_accepted(None if data_dir is None else data_dir / ACCEPTED_FILE)


def synonyms_of(term: str) -> tuple[str, ...]:
    """Return what the shipped rings know to stand for a term, as `Rings.synonyms_of`."""
    return Rings.shipped().synonyms_of(term)
