"""What OPS means by an answer that is none: wait how long, or tell the operator what. Pure.

Source: OPS reference guide 1.3 (faults, fair use); where it is silent, what users of the service report.
"""

import re
from typing import TYPE_CHECKING

from services.ingest.formats.unrecognised import is_web_page
from services.ingest.sources.ops.throttle import retry_seconds
from services.ingest.sources.problems import WEB_PAGE
from shared.errors import RateLimitedError, RetryLaterError, SourceProblemError, ZhituiError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MINUTE, _HOUR = 60.0, 3600.0

_QUOTAS = {
    "individualquotaperhour": (
        10 * _MINUTE,
        "OPS 的每小时流量用完了，知推会等到恢复后从断点接着取。如果常常这样，请拉长 ZHITUI_OPS_EVERY_HOURS，或缩小 ZHITUI_OPS_QUERY。",
    ),
    "registeredquotaperweek": (
        6 * _HOUR,
        "OPS 的每周免费流量用完了，知推会等到恢复后从断点接着取。请缩小 ZHITUI_OPS_QUERY 或 ZHITUI_OPS_BACK_DAYS，或向欧洲专利局购买流量。",
    ),
    "anonymousquotaperminute": (
        _MINUTE,
        "OPS 把请求当作匿名访问并限了速。请检查 ZHITUI_OPS_KEY 和 ZHITUI_OPS_SECRET。",
    ),
    "anonymousquotaperday": (
        6 * _HOUR,
        "OPS 把请求当作匿名访问，当天的匿名流量用完了。请检查 ZHITUI_OPS_KEY 和 ZHITUI_OPS_SECRET。",
    ),
    "throttlingcontrolquota": (_MINUTE, "OPS 要求放慢速度，知推会等一会儿再取。"),
}
"""What ``X-Rejection-Reason`` may say (compared in lower case): the wait when OPS names none, and the sentence."""

_TOKEN = re.compile(rb"invalid_access_token|access token (?:has )?expired", re.IGNORECASE)
_CODE = re.compile(rb"<code>\s*([\w.]{1,80})\s*</code>")
_MESSAGE = re.compile(rb"<message>\s*(.{1,300}?)\s*</message>", re.DOTALL)
_TOO_LARGE = 413
_SERVER = 500


_NO_ACCESS = (
    "OPS 拒绝了访问（HTTP {status}，{told}）。"
    "请检查 ZHITUI_OPS_KEY 和 ZHITUI_OPS_SECRET，以及 developers.epo.org 上应用的状态。"
)
_REFUSED = {
    400: "OPS 不接受这个查询（{told}）。"
    "请按 CQL 语法改正 ZHITUI_OPS_QUERY：最多 20 个词，一个字段最多 10 个，例如 pn=CN and pa=siemens。",
    401: _NO_ACCESS,
    403: _NO_ACCESS,
}
_ELSEWHERE = "OPS 的地址不对，或被代理改写：HTTP {status}（{told}）。请检查 ZHITUI_OPS_BASE_URL 和网络。"


class TooLargeError(RetryLaterError):
    """The answer would be too large: ask for less at a time."""


def is_stale_token(status: int, body: bytes) -> bool:
    """Whether the token is refused, so that a new one helps."""
    return status in {400, 401, 403} and _TOKEN.search(body) is not None


def is_nothing_found(status: int, body: bytes) -> bool:
    """Whether the answer says that there is nothing: no page of another server, and no wrong path."""
    return status == 404 and b"EntityNotFound" in body  # noqa: PLR2004 - HTTP's own


def refusal(status: int, headers: "Mapping[str, str]", body: bytes) -> ZhituiError:
    """Return what to raise for an answer that is not 200.

    Args:
        status: HTTP's.
        headers: of the answer, case-insensitive.
        body: of the answer, its beginning at least.
    """
    if reason := headers.get("X-Rejection-Reason"):
        return _rejection(reason.strip(), headers.get("Retry-After"))
    if status >= _SERVER:
        return RetryLaterError(
            f"OPS 暂时不能服务（HTTP {status}），知推会再试。", after_seconds=retry_seconds(headers.get("Retry-After"))
        )
    if is_web_page(body):
        return SourceProblemError(WEB_PAGE)
    told = _told(body)
    if status == _TOO_LARGE:
        return TooLargeError(f"OPS 说一次要得太多（{told}）；知推会少要一些再试。")
    return SourceProblemError(_REFUSED.get(status, _ELSEWHERE).format(status=status, told=told))


def _rejection(reason: str, retry_after: str | None) -> ZhituiError:
    known = _QUOTAS.get(reason.lower())
    if known is None:
        return SourceProblemError(
            f"OPS 封锁了访问（{reason[:80]}）。请停用这个来源，并联系 patentdata@epo.org 问明原因。"
        )
    least, sentence = known
    return RateLimitedError(sentence, after_seconds=retry_seconds(retry_after) or least, vendor_code=reason)


def _told(body: bytes) -> str:
    parts = [found[1].decode("utf-8", "replace") for pattern in (_CODE, _MESSAGE) if (found := pattern.search(body))]
    return "：".join(parts) or "没有说明原因"
