"""How a long work says how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Is told of every step; what it says to people, and how often, is its own affair."""

    def step(self, text: str) -> None:
        """Say that something else begins."""
        ...

    def count(self, documents: int) -> None:
        """Say that so many more documents (or records) of this step are done."""
        ...


class Silence:
    """Says nothing."""

    def step(self, text: str) -> None:
        """Say nothing."""

    def count(self, documents: int) -> None:
        """Say nothing."""
