"""How many publications a rule will match, from how common its terms and classes are.

Terms of a group go together by chance. Conditions of a rule do not: who asks for 隔膜 and for H01M10* asks twice for the same
technology. So the rarest condition counts whole and each further one with an exponent, fitted on real publications
(docs/profile-health.md tells how, and how far off the result is).
"""

import math
from typing import TYPE_CHECKING

from services.matcher.health.bibliography_shares import DESIGNS, any_of, ipc_share, kind_share, region_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from services.matcher.health.asked import AskedRule, AskedTerm

TEXTS_TOGETHER = 0.6
"""Exponent of the more common of two keyword groups; 1 would be independence, 0 that one implies the other."""
TEXT_AND_CLASS = 0.25
"""Exponent of the more common of keywords and IPC."""
TITLE_FACTOR, TITLE_EXPONENT = 0.05, 0.75
"""A text with the share s of titles and abstracts has about `TITLE_FACTOR` · s ** `TITLE_EXPONENT` of titles alone."""
APPLICANT_SHARE = 1e-4
"""Of one applicant pattern: nobody knows beforehand; a firm with seven publications a week has it."""


def rule_share(
    asked: "AskedRule",
    shares: "Mapping[str, float]",
    *,
    groups: "Sequence[Sequence[AskedTerm]] | None" = None,
    fields: tuple[str, ...] | None = None,
    class_share: float | None = None,
) -> float:
    """Return the share of publications, 0 to 1, that a rule is expected to match; its exclusions are left out of account.

    Args:
        asked: the rule.
        shares: text → share of publications that hold it in title or abstract, for every text of the rule.
        groups: in place of the rule's own.
        fields: in place of the profile's own.
        class_share: the share of IPC conditions, in place of the rule's own.
    """
    rule = asked.rule
    titles_only = set(fields or asked.profile.fields) == {"title"}
    share = _together((_group_share(group, shares, titles_only) for group in groups or asked.groups), TEXTS_TOGETHER)
    if rule.ipc or class_share is not None:
        of_class = ipc_share(rule.ipc) if class_share is None else class_share
        share = _together((share, of_class), TEXT_AND_CLASS) if rule.groups else of_class
    if rule.kinds:
        share *= kind_share(rule.kinds)
    elif rule.groups and not rule.ipc:
        share *= 1.0 - kind_share(DESIGNS)  # they have a title only, and hardly add
    if rule.regions:
        share *= region_share(rule.regions)
    if rule.applicants:
        share *= min(1.0, APPLICANT_SHARE * len(rule.applicants))
    return share


def _group_share(group: "Iterable[AskedTerm]", shares: "Mapping[str, float]", titles_only: bool) -> float:  # noqa: FBT001 - one caller
    texts = {text for term in group for text in term.texts}
    return any_of(in_titles(shares[text]) if titles_only else shares[text] for text in texts)


def in_titles(share: float) -> float:
    """Return the share of titles that hold a text with this share of titles and abstracts."""
    return min(share, TITLE_FACTOR * math.pow(share, TITLE_EXPONENT))


def _together(shares: "Iterable[float]", exponent: float) -> float:
    rarest, *others = *sorted(shares), 1.0
    return rarest * math.pow(math.prod(others), exponent)
