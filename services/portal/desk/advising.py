"""Questions about the past, see `shared.advice`; whoever runs the portal gives it somebody who answers them."""

from typing import TYPE_CHECKING

from services.portal.desk.refusals import Fault, Text
from shared.errors import RetryLaterError
from shared.wording.advice import page_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.advice import Advice, Remark
    from shared.runtime.role import Surroundings


def advice_of(around: "Surroundings") -> "Advice":
    """Return who answers.

    Raises:
        RetryLaterError: nobody does in this process.
    """
    if around.advice is None:
        raise RetryLaterError("这个进程没有接通回测，画像暂时不能检查。请用 zhitui up 或 zhitui serve portal 启动。")
    return around.advice


def faults_in(remarks: "Iterable[Remark]", under: str = "") -> list[Fault]:
    """Return what is wrong about a profile, of what its check says; ``under``: pointer to the profile."""
    errors = (remark for remark in remarks if remark.level == "error")
    return [Fault(under + one.pointer, Text(page_text(one, "zh"), page_text(one, "en"))) for one in errors]
