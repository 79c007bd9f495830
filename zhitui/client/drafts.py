"""What is written when something is made or changed; docs/matching.md and docs/api.md say what each part means."""

from collections.abc import Mapping, Sequence

import msgspec


class Term(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A keyword with its own way of matching."""

    text: str
    match: str = "default"
    weight: float = 1.0
    synonyms: Sequence[str] = ()
    rings: bool | None = None


class Rule(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Keyword groups (each an OR list, groups ANDed), exclusions, and bibliographic conditions."""

    groups: Sequence[Sequence[str | Term]] = ()
    none: Sequence[str | Term] = ()
    ipc: Sequence[str] = ()
    not_ipc: Sequence[str] = ()
    applicants: Sequence[str] = ()
    not_applicants: Sequence[str] = ()
    regions: Sequence[str] = ()
    kinds: Sequence[str] = ()


class ProfileDraft(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A standing query; a publication matches when any rule holds."""

    name: str = ""
    rules: Sequence[Rule]
    fields: Sequence[str] = ("title", "abstract", "claim")
    fuzziness: str = "off"
    min_score: float = 0.0
    rings: bool = True


class DestinationDraft(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An address on a channel."""

    name: str = ""
    channel: str
    address: str
    options: Mapping[str, str] = {}


class SubscriptionDraft(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Profiles told to destinations; ``heartbeat``: a month without anything new is told, too."""

    name: str = ""
    profiles: Sequence[str]
    destinations: Sequence[str]
    schedule: str = "immediate"
    quiet: str | None = None
    cap: int | None = None
    workdays: bool = False
    events: Sequence[str] = ("publication", "grant")
    corrections: bool = False
    family: str = "once"
    heartbeat: bool = False
