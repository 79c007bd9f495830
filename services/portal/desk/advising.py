"""Questions about the past, see `shared.advice`; whoever runs the portal gives it somebody who answers them."""

from typing import TYPE_CHECKING

from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from shared.advice import Advice
    from shared.runtime.role import Surroundings


def advice_of(around: "Surroundings") -> "Advice":
    """Return who answers.

    Raises:
        RetryLaterError: nobody does in this process.
    """
    if around.advice is None:
        raise RetryLaterError("这个进程没有接通回测，画像暂时不能检查。请用 zhitui up 或 zhitui serve portal 启动。")
    return around.advice
