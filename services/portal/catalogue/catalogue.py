"""The catalogue as a tree: what lies below a node, what leads to it, and what somebody means who types a few words."""

import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from services.portal.catalogue.field import Field, Volumes
from shared.wire.profile import as_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.wire.profile import Rule

TABLES = ("smart", "beidou", "xsy", "ai", "chip", "quantum", "iot", "chain", "iiot", "meta", "green", "sei")
"""Files of the shipped catalogue, in the order in which they are shown: the navigation streams first."""

MAX_RULES = 100
"""So many rules a node may hold together for being subscribed to as one."""

_FOLDER = "services.portal.resources.fields"


class Catalogue:
    """Fields by code and by what is above them; never changed, so that it can be shared.

    Attributes:
        fields: all of them; each table's root first, the rest in the order of their numbers.
    """

    def __init__(self, fields: "Iterable[Field]") -> None:
        self.fields = tuple(fields)
        self._by_code = {field.code: field for field in self.fields}
        self._below: dict[str | None, list[Field]] = {}
        for field in self.fields:
            self._below.setdefault(field.parent, []).append(field)
        self._counts: dict[str, int] = {}
        self._said = {field.code: _said(field) for field in self.fields}

    def get(self, code: str) -> Field:
        """Return one.

        Raises:
            KeyError: there is none of this code.
        """
        return self._by_code[code]

    def __contains__(self, code: str) -> bool:
        return code in self._by_code

    @property
    def roots(self) -> tuple[Field, ...]:
        """The tables and navigation streams."""
        return self.below(None)

    def below(self, code: str | None) -> tuple[Field, ...]:
        """Return what lies directly below a node."""
        return tuple(self._below.get(code, ()))

    def count(self, code: str) -> int:
        """Return how many fields with rules there are at or below a node; counted once."""
        if code not in self._counts:
            below = sum(self.count(child.code) for child in self.below(code))
            self._counts[code] = bool(self.get(code).rules) + below
        return self._counts[code]

    def path(self, code: str) -> tuple[Field, ...]:
        """Return what is above a field, the root first."""
        above: list[Field] = []
        parent = self.get(code).parent
        while parent is not None:
            above.insert(0, self.get(parent))
            parent = above[0].parent
        return tuple(above)

    def rules(self, code: str) -> tuple["Rule", ...]:
        """Return the rules of a field; of a node without its own, those of all below it, each once."""
        field = self.get(code)
        if field.rules:
            return field.rules
        return tuple(dict.fromkeys(rule for child in self.below(code) for rule in self.rules(child.code)))

    def namesakes(self, code: str) -> tuple[Field, ...]:
        """Return fields of other tables with the same name."""
        field = self.get(code)
        return tuple(one for one in self.fields if one.zh == field.zh and one.code != code)

    def search(self, text: str, *, limit: int = 50) -> tuple[Field, ...]:
        """Return fields that hold all the given words in their code, names, description or keywords; the best first.

        A hit in the code or name counts more than one in the description, and that more than one in a keyword.
        """
        words = _plain(text).split()
        if not words:
            return ()
        found = []
        for order, field in enumerate(self.fields):
            ranks = [_rank(word, self._said[field.code]) for word in words]
            if None not in ranks:
                found.append((sum(rank for rank in ranks if rank is not None), order, field))
        return tuple(field for *_, field in sorted(found, key=lambda one: one[:2])[:limit])

    def with_changed(self, changed: "Mapping[str, Field]") -> "Catalogue":
        """Return the catalogue with other fields in the places of those of their codes."""
        return Catalogue(changed.get(field.code, field) for field in self.fields) if changed else self


def _said(field: Field) -> tuple[tuple[str, ...], ...]:
    """Return what is said of a field, the weightiest first: whole names, parts of names, description, keywords."""
    words = (as_term(term).text for rule in field.rules for group in rule.groups for term in group)
    names = (_plain(field.code), _plain(field.zh), _plain(field.en))
    return names, (_plain(field.about),), tuple(map(_plain, words))


def _rank(word: str, said: tuple[tuple[str, ...], ...]) -> int | None:
    names, *others = said
    if word in names:
        return 0
    for rank, texts in enumerate((names, *others), start=1):
        if any(word in text for text in texts):
            return rank
    return None


def _plain(text: str) -> str:
    """Return a text without case and width: ＢｅｉＤｏｕ is beidou."""
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def shipped() -> Catalogue:
    """Return the catalogue that is shipped, read when first asked for."""
    decoder = msgspec.json.Decoder(Field)
    folder = files(_FOLDER)
    return Catalogue(
        decoder.decode(line) for table in TABLES for line in folder.joinpath(f"{table}.jsonl").read_bytes().splitlines()
    )


@cache
def volumes() -> Volumes:
    """Return what was measured of the shipped fields."""
    return msgspec.json.decode(files(_FOLDER).joinpath("volumes.json").read_bytes(), type=Volumes)
