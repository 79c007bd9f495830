"""One technical field: what it is called, where it stands in the tree, and what a publication must have to belong to it."""

import msgspec

from shared.wire.profile import Rule


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A field, or a node above fields that only holds them together.

    Attributes:
        code: ``xsy-2.1.1``: the table's short name and the number in it; of a table's root the short name alone.
        zh, en: its name.
        about: one Chinese sentence, without a full stop.
        parent: the code above it, ``None`` of a root.
        rules: as those of a profile; none: it holds together what lies below it.
        rings: keyword → id of the shipped synonym ring that also finds its other members.
        source: of a root: where the table comes from, in Chinese.
        stream: of a root: whether it is a navigation stream of an industry, not a table of the patent office.
        related: of a stream: codes of fields in the tables that belong to the industry as well.
    """

    code: str
    zh: str
    en: str
    about: str = ""
    parent: str | None = None
    rules: tuple[Rule, ...] = ()
    rings: dict[str, str] = {}
    source: str = ""
    stream: bool = False
    related: tuple[str, ...] = ()


class Volumes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many publications of real gazettes belong to each field.

    Attributes:
        issued_on: date of the gazette issue, ISO.
        basis: what was matched, in Chinese, for showing beside a number.
        publications: how many were matched.
        issues_a_week: how often such an issue comes.
        matches: code → publications of the issue in it; of a node without rules, in what is below it.
    """

    issued_on: str
    basis: str
    publications: int
    issues_a_week: int
    matches: dict[str, int]

    def a_week(self, code: str) -> int | None:
        """Return how many publications a week are to be expected; ``None`` of a field that was not measured."""
        found = self.matches.get(code)
        return None if found is None else found * self.issues_a_week
