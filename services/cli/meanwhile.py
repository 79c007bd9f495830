"""What the command line says when a portal, or a notifier, was quicker."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.errors import RetryLaterError


def changed_meanwhile(thing: str) -> "RetryLaterError":
    """Return the error for a thing (``目的地 box``) that is not as it was read any more; nothing was written."""
    from shared.errors import RetryLaterError

    return RetryLaterError(f"{thing} 刚刚被别处修改或删除，这次什么也没有写入。请再运行一次。")
