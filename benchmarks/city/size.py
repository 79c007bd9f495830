"""How much a city has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The default is a week of CNIPA's publications.

    Attributes:
        length: characters of a publication's title and abstract, about.
        subscriptions: each to one profile, told to one mailbox every hour; at most ``profiles``.
    """

    publications: int = 120_000
    length: int = 300
    profiles: int = 1_000_000
    subscriptions: int = 100_000

    def __str__(self) -> str:
        return f"{self.publications:,} publications × {self.profiles:,} profiles, {self.subscriptions:,} subscribed"
