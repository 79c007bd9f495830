"""A rule as it is looked at here: its terms in the form that is looked for, each worked out once."""

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from services.matcher.engine.needs import Need, need_of
from services.matcher.engine.text import normalise_term
from shared.wire.profile import as_term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.matcher.rings import Rings
    from shared.wire.profile import Profile, Rule, Term


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """A keyword.

    Attributes:
        term: as written.
        group: position of its keyword group, ``None`` for an excluded term.
        plain: its own text as it is looked for; empty when nothing is left of it.
        synonyms: its own synonyms, as they are looked for.
        ring: what the rings in force add, as it is looked for.
        is_fuzzy: whether variants of it are looked for.
    """

    term: "Term"
    group: int | None
    plain: str
    synonyms: tuple[str, ...]
    ring: tuple[str, ...]
    is_fuzzy: bool

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that stands for it, without what is empty and without repetition."""
        return tuple(dict.fromkeys(text for text in (self.plain, *self.synonyms, *self.ring) if text))


@dataclass(frozen=True, slots=True)
class AskedRule:
    """A rule of a profile.

    Attributes:
        number: its position, from 0.
        groups: the terms of each keyword group.
        none: the excluded terms.
    """

    profile: "Profile"
    rule: "Rule"
    number: int
    groups: tuple[tuple[AskedTerm, ...], ...]
    none: tuple[AskedTerm, ...]

    @property
    def terms(self) -> "Iterator[AskedTerm]":
        """All terms, the excluded ones last."""
        return chain(*self.groups, self.none)


def asked_rules(profile: "Profile", rings: "Rings") -> list[AskedRule]:
    """Prepare the rules of a profile."""
    return [
        AskedRule(
            profile,
            rule,
            number,
            groups=tuple(
                tuple(_asked(profile, as_term(term), g, rings) for term in group) for g, group in enumerate(rule.groups)
            ),
            none=tuple(_asked(profile, as_term(term), None, rings) for term in rule.none),
        )
        for number, rule in enumerate(profile.rules)
    ]


def _asked(profile: "Profile", term: "Term", group: int | None, rings: "Rings") -> AskedTerm:
    takes_ring = group is not None and (profile.rings if term.rings is None else term.rings)
    return AskedTerm(
        term=term,
        group=group,
        plain=normalise_term(term.text),
        synonyms=tuple(map(normalise_term, term.synonyms)),
        ring=tuple(map(normalise_term, rings.synonyms_of(term.text))) if takes_ring else (),
        is_fuzzy=group is not None and need_of(term, profile.fuzziness) in (Need.NORMAL, Need.LOOSE),
    )
