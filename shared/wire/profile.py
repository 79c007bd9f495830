"""A profile: one subscriber's standing query, checked whole while it is decoded."""

from enum import StrEnum

import msgspec

TEXT_FIELDS = ("title", "abstract", "claim")
"""The text fields a profile may look at, heaviest first when read from title to claim to abstract."""

_TEXT_FIELDS = frozenset(TEXT_FIELDS)

MAX_TERM_CHARACTERS = 200
"""A longer term is a sentence, and can never stand in a title."""

MAX_ID_CHARACTERS = 128


class TermMatch(StrEnum):
    """How a term's hits are counted."""

    WORD = "word"
    DEFAULT = "default"
    ANYWHERE = "anywhere"
    FUZZY = "fuzzy"


class Fuzziness(StrEnum):
    """How far a profile's terms may be varied."""

    OFF = "off"
    NORMAL = "normal"
    LOOSE = "loose"


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A keyword with its own way of matching.

    Attributes:
        weight: how much a hit counts in the score, above 0 and at most 1.
        synonyms: other words that stand for it; their hits are evidence of the kind ``synonym``.
        rings: whether the synonym rings add to them; ``None`` leaves it to the profile. Without effect on an exclusion,
            which is never widened: the alerts that a ring would take away there, nobody would miss.
    """

    text: str
    match: TermMatch = TermMatch.DEFAULT
    weight: float = 1.0
    synonyms: tuple[str, ...] = ()
    rings: bool | None = None

    def __post_init__(self) -> None:
        for text in (self.text, *self.synonyms):
            check_term_text(text)
        if not 0.0 < self.weight <= 1.0:
            raise ValueError(f"weight of {self.text!r} is {self.weight}, must be above 0 and at most 1")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Keyword groups (each an OR list, groups ANDed), exclusions, and bibliographic conditions."""

    groups: tuple[tuple[str | Term, ...], ...] = ()
    none: tuple[str | Term, ...] = ()
    ipc: tuple[str, ...] = ()
    not_ipc: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    not_applicants: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.groups or self.ipc or self.applicants or self.regions or self.kinds):
            raise ValueError("a rule needs a positive condition: groups, ipc, applicants, regions or kinds")
        for group in self.groups:
            if not group:
                raise ValueError("a keyword group is empty; leave it out or give it a term")
            for term in group:
                if isinstance(term, str):
                    check_term_text(term)
        for term in self.none:
            if isinstance(term, str):
                check_term_text(term)
        for values in (self.ipc, self.not_ipc, self.applicants, self.not_applicants, self.regions, self.kinds):
            if values and not all(map(str.strip, values)):
                name = next(name for name in self.__struct_fields__ if getattr(self, name) is values)
                raise ValueError(f"{name} has an empty entry")


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A standing query; a publication matches when any rule holds.

    Attributes:
        min_score: matches below it are left out, 0..1.
        rings: whether keywords also find the other members of their synonym rings, where a term does not say.
    """

    id: str
    name: str = ""
    rules: tuple[Rule, ...]
    fields: tuple[str, ...] = TEXT_FIELDS
    fuzziness: Fuzziness = Fuzziness.OFF
    min_score: float = 0.0
    rings: bool = True

    def __post_init__(self) -> None:
        check_id(self.id)
        if not self.rules:
            raise ValueError("a profile needs at least one rule")
        if not self.fields or not _TEXT_FIELDS.issuperset(self.fields):
            raise ValueError(f"fields must be some of {', '.join(TEXT_FIELDS)}")
        if not 0.0 <= self.min_score <= 1.0:
            raise ValueError(f"min_score is {self.min_score}, must be from 0 to 1")


def as_term(term: str | Term) -> Term:
    """Return the full form of a term; a bare string means the defaults."""
    return term if isinstance(term, Term) else Term(text=term)


def check_term_text(text: str) -> None:
    """Refuse a keyword that could never stand in a text.

    Raises:
        ValueError: it is empty, blank or longer than `MAX_TERM_CHARACTERS`.
    """
    if not text.strip():
        raise ValueError("a keyword is empty")
    if len(text) > MAX_TERM_CHARACTERS:
        raise ValueError(f"a keyword has {len(text)} characters, at most {MAX_TERM_CHARACTERS} make sense")


def check_id(value: str) -> None:
    """Refuse an id that a command line or an address could not carry.

    Raises:
        ValueError: it is empty, has white space or control characters, or is longer than `MAX_ID_CHARACTERS`.
    """
    if (
        not value or len(value) > MAX_ID_CHARACTERS or not value.isprintable() or " " in value
    ):  # the one printable blank
        raise ValueError(f"an id has 1 to {MAX_ID_CHARACTERS} printable characters and no white space, got {value!r}")
