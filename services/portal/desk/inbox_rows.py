"""Items of the inbox as values: several alerts of one publication made one, with what members made of it. Pure."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.filing.marks import Mark, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from shared.filing.follow_ups import FollowUp
    from shared.store.records import Alert, Why
    from shared.wire.match import Evidence
    from shared.wire.publication import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item.

    Attributes:
        key: see `shared.wire.identity.item_key`.
        whys: the reasons of all subscriptions that tell it, one a profile, best first.
        score: the best of them, 0..1.
        told_at: when it was recorded last.
        marks: what members said of it, the newest first.
        follow_up: notes and who looks after it; ``None``: neither.
        is_unread: the asking member has not seen it.
    """

    key: str
    publication: "Publication"
    whys: "tuple[Why, ...]"
    score: float
    told_at: "datetime"
    marks: tuple[Mark, ...] = ()
    follow_up: "FollowUp | None" = None
    is_unread: bool = False

    @property
    def opinion(self) -> Verdict | None:
        """The last word of anybody, ``None``: nobody judged it."""
        return self.marks[0].verdict if self.marks else None

    def verdict_of(self, account_id: str) -> Verdict | None:
        """Return the last word of one member."""
        return next((mark.verdict for mark in self.marks if mark.account_id == account_id), None)

    @property
    def evidence(self) -> "tuple[Evidence, ...]":
        """All hits, for the eye."""
        return tuple(hit for why in self.whys for hit in why.evidence)

    def with_made_of_it(self, *, marks: "Iterable[Mark]", follow_up: "FollowUp | None") -> "Row":
        """Return it with what members made of it."""
        newest_first = tuple(sorted(marks, key=lambda mark: mark.made_at, reverse=True))
        return replace(self, marks=newest_first, follow_up=follow_up)


def grouped(alerts: "Sequence[Alert]") -> list[Row]:
    """Return the items of alerts, in the order in which each comes first; content and moment are the first alert's."""
    found: dict[str, list[Alert]] = {}
    for alert in alerts:
        found.setdefault(alert.key.publication_number, []).append(alert)
    return [_row(key, same) for key, same in found.items()]


def _row(key: str, alerts: "Sequence[Alert]") -> Row:
    by_profile: dict[str, Why] = {}
    for alert in alerts:
        if alert.publication == alerts[0].publication:  # positions of another content lie in another text
            for why in alert.whys:
                by_profile.setdefault(why.profile_id, why)
    return Row(
        key=key,
        publication=alerts[0].publication,
        whys=tuple(sorted(by_profile.values(), key=lambda why: -why.score)),
        score=max(alert.score for alert in alerts),
        told_at=max(alert.created_at for alert in alerts),
    )
