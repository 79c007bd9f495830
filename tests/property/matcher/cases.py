"""Random profiles and publications, made of fragments of the same texts so that they meet often."""

from random import Random
from typing import TypeVar

from services.matcher.rings import Ring, Rings
from shared.wire.profile import TEXT_FIELDS, Fuzziness, Profile, Rule, Term, TermMatch
from shared.wire.publication import Applicant, Publication
from tests.property.matcher import texts
from tests.property.matcher.deviations import deviating

T = TypeVar("T")


class Cases:
    """Makes cases; everything follows from the random source.

    Attributes:
        titles, abstracts: what publications say and profiles ask for.
        odd: how often a fragment or a text holds characters that no text should hold.
    """

    def __init__(
        self,
        random: Random,
        titles: tuple[str, ...] = texts.TITLES,
        abstracts: tuple[str, ...] = texts.ABSTRACTS + texts.CLAIMS,
        *,
        odd: float = 0.1,
    ) -> None:
        self.random = random
        self.titles = titles
        self.abstracts = abstracts
        self.odd = odd
        # A case speaks of few texts and terms, so that what a profile asks for has a chance to be there.
        self._topic = self.some((*titles, *abstracts), 3, 5)
        self._terms = self.some(texts.TERMS, 1, 3)

    def some(self, values: tuple[T, ...], least: int, most: int) -> tuple[T, ...]:
        """Choose some values."""
        return tuple(self.random.choices(values, k=self.random.randint(least, most)))

    def seldom(self, values: tuple[str, ...], chance: float = 0.2) -> tuple[str, ...]:
        """Choose one to three values, mostly none."""
        return tuple(self.value(values) for _ in range(self.random.randint(1, 3))) if self.chance(chance) else ()

    def chance(self, of: float) -> bool:
        """Say yes so often."""
        return self.random.random() < of

    def odd_character(self) -> str:
        """Return what no text should hold, or any character at all."""
        return self.random.choice(texts.ODD) if self.chance(0.8) else chr(self.random.randrange(0x110000))

    def fragment(self) -> str:
        """Return a piece of a text, mostly as long as a keyword, now and then made odd."""
        if self.chance(0.25):
            piece = self.random.choice(self._terms)
        else:
            text = self.random.choice([text for text in self._topic if text] or ["电池"])
            start = self.random.randrange(len(text))
            piece = text[start : start + self.random.choice((1, 2, 2, 2, 3, 4, 4, 6))]
        if self.chance(self.odd):
            at = self.random.randint(0, len(piece))
            odd = self.odd_character()
            piece = self.random.choice((piece.upper(), piece[:at] + odd + piece[at:], odd))
        return piece if piece.strip() else "电池"

    def term(self) -> str | Term:
        """Return a bare or a full keyword."""
        if self.chance(0.5):
            return self.fragment()
        return Term(
            text=self.fragment(),
            match=self.random.choice(list(TermMatch)),
            weight=self.random.choice((1.0, 0.5, 0.1, 0.37, 1e-6, 1.0 - self.random.random())),
            synonyms=tuple(self.fragment() for _ in range(self.random.choice((0, 0, 1, 2)))),
            rings=self.random.choice((None, None, True, False)),
        )

    def group(self) -> tuple[str | Term, ...]:
        """Return an OR list; now and then one term twice, or more of them than are checked beforehand."""
        terms = tuple(self.term() for _ in range(20 if self.chance(0.03) else self.random.randint(1, 4)))
        return (*terms, terms[0]) if self.chance(0.05) else terms

    def rule(self) -> Rule:
        """Return a rule with at least one positive condition."""
        bibliographic = {
            "ipc": self.seldom(texts.IPC_PATTERNS),
            "applicants": self.seldom(texts.NAME_PATTERNS),
            "regions": self.seldom(texts.REGION_PATTERNS),
            "kinds": self.seldom(("A", "B", "B1", "u", "*")),
        }
        least = 0 if any(bibliographic.values()) else 1
        return Rule(
            groups=tuple(self.group() for _ in range(self.random.randint(least, self.random.choice((1, 2, 3))))),
            none=self.group()[:2] if self.chance(0.2) else (),
            not_ipc=self.seldom(texts.IPC_PATTERNS, 0.1),
            not_applicants=self.seldom(texts.NAME_PATTERNS, 0.1),
            **bibliographic,
        )

    def value(self, values: tuple[str, ...]) -> str:
        """Return what a publication has, or a profile asks for, beside its texts; as seldom as a quarter of the rest, odd."""
        value = self.random.choice(values)
        return value + self.odd_character() if self.chance(self.odd / 4) else value

    def profile(self, profile_id: str) -> Profile:
        """Return a profile with one to three rules."""
        return Profile(
            id=profile_id,
            name=self.random.choice(("", "电池", 'a "name"\\\x01')),
            rules=tuple(self.rule() for _ in range(self.random.choice((1, 1, 2, 3)))),
            fields=self.random.choice((TEXT_FIELDS, TEXT_FIELDS, ("title",), ("claim", "title"), ("abstract",))),
            fuzziness=self.random.choice(list(Fuzziness)),
            min_score=self.random.choice((0.0, 0.0, 0.4, 0.5001, 0.8)),
            rings=self.chance(0.6),
        )

    def profiles(self, count: int) -> list[Profile]:
        """Return profiles with different ids, in no order."""
        ids = self.random.sample(range(4 * count), count)
        return [self.profile(f"{self.random.choice(texts.ID_BEGINNINGS)}{number}") for number in ids]

    def rings(self) -> Rings:
        """Return synonym rings of fragments; some fragments are in several."""
        rings = (
            Ring(id=f"r{number}", members=tuple(self.fragment() for _ in range(self.random.randint(2, 4))))
            for number in range(self.random.randint(0, 5))
        )
        return Rings(rings)

    def text(self, whole: tuple[str, ...]) -> str:
        """Return a text as it is, or with pieces of others, terms written otherwise and odd characters in it."""
        text = self.random.choice([text for text in whole if text in self._topic] or whole)
        if self.chance(0.4):
            said = [deviating(self.random, term) for term in self.some((*self._terms, self.fragment()), 1, 3)]
            text = self.random.choice(("，", "和", "")).join((*said, text))
        while self.chance(max(0.3, self.odd)):
            at = self.random.randint(0, len(text))
            text = text[:at] + (self.odd_character() if self.chance(0.5) else self.fragment()) + text[at:]
        return text

    def publication(self) -> Publication:
        """Return a publication."""
        number = f"CN{self.random.randrange(10**9)}A"
        return Publication(
            publication_number=self.random.choice((number, number, f'{number}"\\\n中\x00')),
            kind=self.value(("A", "A", "B", "B1", "U", "")),
            title=self.text(self.titles),
            abstract=self.text(self.abstracts) if self.chance(0.7) else None,
            claim=self.text(self.abstracts) if self.chance(0.4) else None,
            ipc=tuple(self.value(texts.SYMBOLS) for _ in range(self.random.randint(0, 3))),
            applicants=tuple(
                Applicant(name=self.value(texts.NAMES), region=self.random.choice((None, self.value(texts.REGIONS))))
                for _ in range(self.random.choice((0, 1, 1, 2)))
            ),
        )

    def publications(self, count: int) -> list[Publication]:
        """Return publications."""
        return [self.publication() for _ in range(count)]
