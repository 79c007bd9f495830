"""Random profiles and publications, made of fragments of the same texts so that they meet often."""

from random import Random
from typing import TypeVar

from shared.wire.profile import TEXT_FIELDS, Profile, Rule, Term, TermMatch
from shared.wire.publication import Applicant, Publication
from tests.property.matcher import texts

T = TypeVar("T")


class Cases:
    """Makes cases; everything follows from the random source.

    Attributes:
        titles, abstracts: what publications say and profiles ask for.
    """

    def __init__(
        self,
        random: Random,
        titles: tuple[str, ...] = texts.TITLES,
        abstracts: tuple[str, ...] = texts.ABSTRACTS + texts.CLAIMS,
    ) -> None:
        self.random = random
        self.titles = titles
        self.abstracts = abstracts
        # A case speaks of few texts, so that what a profile asks for has a chance to be there.
        self._topic = self.some((*titles, *abstracts), 3, 5)

    def some(self, values: tuple[T, ...], least: int, most: int) -> tuple[T, ...]:
        """Choose some values."""
        return tuple(self.random.choices(values, k=self.random.randint(least, most)))

    def seldom(self, values: tuple[T, ...], chance: float = 0.2) -> tuple[T, ...]:
        """Choose one to three values, mostly none."""
        return self.some(values, 1, 3) if self.random.random() < chance else ()

    def fragment(self) -> str:
        """Return a piece of a text, mostly as long as a keyword, now and then made odd."""
        text = self.random.choice([text for text in self._topic if text] or ["电池"])
        start = self.random.randrange(len(text))
        piece = text[start : start + self.random.choice((1, 2, 2, 2, 3, 4, 4, 6))]
        if self.random.random() < 0.1:
            piece = self.random.choice((piece.upper(), piece + self.random.choice(texts.ODD)))
        return piece if piece.strip() else "电池"

    def term(self) -> str | Term:
        """Return a bare or a full keyword."""
        if self.random.random() < 0.5:
            return self.fragment()
        return Term(
            text=self.fragment(),
            match=self.random.choice(list(TermMatch)),
            weight=self.random.choice((1.0, 0.5, 0.1)),
            synonyms=tuple(self.fragment() for _ in range(self.random.choice((0, 0, 1, 2)))),
        )

    def group(self) -> tuple[str | Term, ...]:
        """Return an OR list."""
        return tuple(self.term() for _ in range(self.random.randint(1, 4)))

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
            groups=tuple(self.group() for _ in range(self.random.randint(least, 2))),
            none=self.group()[:2] if self.random.random() < 0.2 else (),
            not_ipc=self.seldom(texts.IPC_PATTERNS, 0.1),
            not_applicants=self.seldom(texts.NAME_PATTERNS, 0.1),
            **bibliographic,
        )

    def profile(self, profile_id: str) -> Profile:
        """Return a profile with one to three rules."""
        return Profile(
            id=profile_id,
            rules=tuple(self.rule() for _ in range(self.random.choice((1, 1, 2, 3)))),
            fields=self.random.choice((TEXT_FIELDS, TEXT_FIELDS, ("title",), ("claim", "title"), ("abstract",))),
            min_score=self.random.choice((0.0, 0.0, 0.4, 0.8)),
        )

    def profiles(self, count: int) -> list[Profile]:
        """Return profiles with different ids, in no order."""
        return [self.profile(f"p{number}") for number in self.random.sample(range(4 * count), count)]

    def text(self, whole: tuple[str, ...]) -> str:
        """Return a text as it is, or with pieces of others and odd characters in it."""
        text = self.random.choice([text for text in whole if text in self._topic] or whole)
        if self.random.random() < 0.4:
            at = self.random.randint(0, len(text))
            return text[:at] + self.random.choice((self.random.choice(texts.ODD), self.fragment())) + text[at:]
        return text

    def publication(self) -> Publication:
        """Return a publication."""
        return Publication(
            publication_number=f"CN{self.random.randrange(10**9)}A",
            kind=self.random.choice(("A", "A", "B", "B1", "U", "")),
            title=self.text(self.titles),
            abstract=self.text(self.abstracts) if self.random.random() < 0.7 else None,
            claim=self.text(self.abstracts) if self.random.random() < 0.4 else None,
            ipc=self.some(texts.SYMBOLS, 0, 3),
            applicants=tuple(
                Applicant(name=self.random.choice(texts.NAMES), region=self.random.choice(texts.REGIONS))
                for _ in range(self.random.choice((0, 1, 1, 2)))
            ),
        )

    def publications(self, count: int) -> list[Publication]:
        """Return publications."""
        return [self.publication() for _ in range(count)]
