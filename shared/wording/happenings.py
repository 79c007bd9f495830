"""How people call what happened to a patent."""

from typing import TYPE_CHECKING

from shared.errors import InvalidInputError
from shared.wire.identity import CORRECTION, DOCUMENTS
from shared.wire.subscription import ALL_EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

EVENT_NAMES = {
    CORRECTION: "更正",
    "transfer": "转让",
    "licence": "许可",
    "licence-change": "许可变更",
    "licence-end": "许可终止",
    "open-licence": "开放许可",
    "pledge": "质押",
    "pledge-change": "质押变更",
    "pledge-end": "质押解除",
    "lapse": "终止",
    "expiry": "期满",
    "restoration": "恢复",
    "abandonment": "放弃",
    "withdrawal": "撤回",
    "rejection": "驳回",
    "invalidation": "无效",
    "preservation": "保全",
    "preservation-end": "保全解除",
    "change": "著录变更",
    "erratum": "公报更正",
    "examination": "实质审查",
    "publication-notice": "公布",
    "grant-notice": "授权公告",
    "notice": "通知",
}
"""The events of the stream (docs/sources.md, "Legal events"), and the correction of what was told."""

OTHER = "法律事件"
_TOLD = {ALL_EVENTS, "other", *DOCUMENTS, *EVENT_NAMES} - {CORRECTION}


def mark_of(event: str) -> str:
    """Return what stands before the title: ``【转让】``."""
    return f"【{EVENT_NAMES.get(event, OTHER)}】"


def check_events(events: "Iterable[str]") -> None:
    """Check what a subscription is to tell.

    Raises:
        InvalidInputError: there is no such event.
    """
    named = list(events)
    unknown = [event for event in named if event not in _TOLD]
    if unknown or not named:
        raise InvalidInputError(f"没有这些事项：{'、'.join(unknown) or '（空）'}。可选：{'、'.join(sorted(_TOLD))}。")
