"""One ring: terms any of which may stand for any other in an alert."""

import hashlib

import msgspec

from services.matcher.engine.text import normalise_term


class Ring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Terms that name the same thing, never a wider or merely related one.

    Attributes:
        id: ``H042`` for a shipped ring, ``m-`` and ten hexadecimal digits for a mined one.
        members: as people write them; at least two that differ after `normalise_term`.
        domain: the IPC class or section where the terms are at home, or empty.
        note: what a reader should know: where it comes from, what was left out and why.
        reasons: member → why it is admitted although it also stands in another ring, or is very short.
        extends: the ring that these members join; empty for a ring of its own.
    """

    id: str
    members: tuple[str, ...]
    domain: str = ""
    note: str = ""
    reasons: dict[str, str] = {}
    extends: str = ""

    def holds(self, term: str) -> bool:
        """Whether a term, in any spelling, is a member."""
        wanted = normalise_term(term)
        return any(normalise_term(member) == wanted for member in self.members)

    def in_words(self) -> str:
        """Return the members as a person reads them."""
        return " = ".join(self.members)


def ring_id(members: "tuple[str, ...]") -> str:
    """Return the id of a ring that a program found: the same members always get the same."""
    plain = "\n".join(sorted({normalise_term(member) for member in members}))
    return f"m-{hashlib.blake2b(plain.encode(), digest_size=5).hexdigest()}"
