"""A proposed ring, with what a person needs to decide."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was read.

    Attributes:
        text: a stretch of the field around the definition, the terms between 【 and 】.
    """

    publication_number: str
    field: str
    text: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Terms that publications say to be the same.

    Attributes:
        id: see `ring_id`; the same term and name have the same id every time.
        members: the term, the name it was given, and the Latin long form where there is one.
        publications: how many say so.
        occurrences: places where it is said.
        rivals: other terms that are given the same name elsewhere: it may have several meanings.
    """

    id: str
    members: tuple[str, ...]
    publications: int
    occurrences: int
    examples: tuple[Example, ...] = ()
    rivals: tuple[str, ...] = ()


def marked(text: str, terms: "Iterable[str]") -> str:
    """Return a text with each term once between 【 and 】; a term inside another one's place is left alone."""
    spans: list[tuple[int, int]] = []
    for term in sorted(terms, key=len, reverse=True):
        at = text.find(term)
        while at >= 0 and any(at < end and start < at + len(term) for start, end in spans):
            at = text.find(term, at + 1)
        if at >= 0:
            spans.append((at, at + len(term)))
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}【{text[start:end]}】{text[end:]}"
    return text
