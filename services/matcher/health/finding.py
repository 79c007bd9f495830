"""What is told about a profile: one finding each, with its place, its numbers and what to do."""

from enum import StrEnum

import msgspec

from shared.wording.advice import at_its_place, in_words
from shared.wording.said import Said


class Severity(StrEnum):
    """How much a finding matters.

    Attributes:
        ERROR: something can never work; such a profile is not saved.
        WARNING: it will most likely not do what its author wants.
        HINT: worth knowing; it may well be meant so.
    """

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def in_words(self) -> str:
        """What people read."""
        return _IN_WORDS[self]


_IN_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.HINT: "提示"}


class Code(StrEnum):
    """Every kind of finding; each has its line in docs/profile-health.md."""

    EMPTY_TERM = "empty-term"
    SHORT_TERM = "short-term"
    LISTED_TERM = "listed-term"
    COMMON_TERM = "common-term"
    UNSEEN_TERM = "unseen-term"
    DUPLICATE_TERM = "duplicate-term"
    CONTAINED_TERM = "contained-term"
    REPEATED_TERM = "repeated-term"
    DUPLICATE_RULE = "duplicate-rule"
    SHORT_FUZZY_TERM = "short-fuzzy-term"
    RING_SYNONYM = "ring-synonym"
    INSIDE_WORDS = "inside-words"
    AFFIX_OF_WORDS = "affix-of-words"
    STRADDLING_TERM = "straddling-term"
    EXCLUDED_GROUP = "excluded-group"
    EXCLUDED_TERM = "excluded-term"
    WIDE_EXCLUSION = "wide-exclusion"
    BAD_IPC = "bad-ipc"
    UNKNOWN_IPC = "unknown-ipc"
    IPC_WITHOUT_STAR = "ipc-without-star"
    EXCLUDED_IPC = "excluded-ipc"
    BAD_APPLICANT = "bad-applicant"
    EXCLUDED_APPLICANT = "excluded-applicant"
    BAD_REGION = "bad-region"
    BAD_KIND = "bad-kind"
    RETIRED_KIND = "retired-kind"
    DESIGN_WITHOUT_IPC = "design-without-ipc"
    DESIGN_WITHOUT_TEXT = "design-without-text"
    UNREACHABLE_SCORE = "unreachable-score"
    MISSING_FIELD = "missing-field"
    FLOOD = "flood"
    SILENCE = "silence"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell the author.

    Attributes:
        said: what is wrong and what to do, without the place; its code begins with the finding's.
        rule: position of the rule in the profile, from 0; ``None``: the profile as a whole.
        group: position of the keyword group in the rule, from 0; ``None``: not about a group.
        term: the keyword or pattern, as written.
        numbers: figures that the text is about, by name; shares are from 0 to 1.
        suggestions: what could be written instead, best first.
    """

    severity: Severity
    said: Said
    rule: int | None = None
    group: int | None = None
    term: str | None = None
    numbers: dict[str, float] = {}
    suggestions: tuple[str, ...] = ()

    @property
    def code(self) -> Code:
        """Which kind of finding it is."""
        return Code(self.said.code.partition(".")[0])

    @property
    def text(self) -> str:
        """What is wrong and what to do, in simplified Chinese, without the place."""
        return in_words(self.said)

    @property
    def placed(self) -> Said:
        """What is said, with its place before it."""
        return at_its_place(self.said, self.rule, self.group)

    @property
    def in_words(self) -> str:
        """The text with its place before it."""
        return in_words(self.placed)

    @property
    def told(self) -> "FindingTold":
        """The finding for programs."""
        return FindingTold(
            code=self.code,
            severity=self.severity,
            text=self.text,
            rule=self.rule,
            group=self.group,
            term=self.term,
            numbers=self.numbers,
            suggestions=self.suggestions,
        )


class FindingTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A finding as ``zhitui profile check --json`` writes it: see `Finding`."""

    code: Code
    severity: Severity
    text: str
    rule: int | None = None
    group: int | None = None
    term: str | None = None
    numbers: dict[str, float] = {}
    suggestions: tuple[str, ...] = ()
