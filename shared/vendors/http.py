"""One exchange with a vendor's JSON API: what goes wrong on the way, and what HTTP itself says.

HTTP 200 is not success: the code in the body decides, by the vendor's table. Keys and tokens stand in addresses, and
aiohttp's errors may carry the address: so none of them is chained, and no sentence names it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiohttp

from shared.errors import ChannelMisconfiguredError, RateLimitedError, Reason, RetryLaterError
from shared.retry_after import retry_seconds
from shared.vendors.broken_calls import translated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.vendors.codes import Vendor

READ_LIMIT_BYTES = 64 * 1024
MAX_HINT = 200
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A vendor's own words.

    Attributes:
        code: 0 for success.
        text: beside the code, without secrets, at most `MAX_HINT` characters.
        fields: the whole body; may hold tokens.
        at: the vendor's clock, ``None`` when it does not say.
    """

    code: int
    text: str
    fields: "dict[str, Any]"
    at: datetime | None

    def __repr__(self) -> str:
        return f"Answer(code={self.code!r}, text={self.text!r})"


class VendorApi:
    """Calls one vendor.

    Args:
        vendor: its table.
        base_url: where it is reached.
        timeout_seconds: longest wait for one answer.
    """

    def __init__(self, vendor: "Vendor", base_url: str, *, timeout_seconds: float) -> None:
        self.vendor = vendor
        self.base_url = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        path: str,
        body: bytes | aiohttp.FormData | None = None,
        *,
        params: "Mapping[str, str] | None" = None,
        secrets: "Sequence[str]" = (),
    ) -> Answer:
        """Exchange, and raise what the answer's code means.

        Raises:
            ZhituiError: as `exchange` and the vendor's table say.
        """
        answer = await self.exchange(path, body, params=params, secrets=secrets)
        failure = self.vendor.judge(answer.code, answer.text)
        if failure is not None:
            raise failure
        return answer

    async def exchange(
        self,
        path: str,
        body: bytes | aiohttp.FormData | None = None,
        *,
        params: "Mapping[str, str] | None" = None,
        secrets: "Sequence[str]" = (),
    ) -> Answer:
        """Ask once, on a fresh connection.

        Args:
            path: after the base address.
            body: JSON as bytes, or a form; ``None`` asks with GET.
            params: query, encoded here.
            secrets: what the vendor may repeat and nobody must read.

        Returns:
            The answer, whatever its code.

        Raises:
            RetryLaterError: no answer, or none that can be read; ``ambiguous`` when the request may have arrived.
            ChannelMisconfiguredError: there is no such API at this address.
        """
        try:
            with translated(self.vendor.name):
                status, headers, raw = await self._exchange(path, body, params)
        except aiohttp.InvalidURL:
            raise ChannelMisconfiguredError(
                f"{self.vendor.setting} 不是一个网址，请改正，例如 {self.vendor.official_url}",
                reason=Reason.CONFIGURATION,
            ) from None
        return self._read(status, headers, raw, secrets)

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(
        self, path: str, body: bytes | aiohttp.FormData | None, params: "Mapping[str, str] | None"
    ) -> tuple[int, "Mapping[str, str]", bytes]:
        if self._session is None:
            # A new connection for each call: on one kept alive, a lost answer and a connection that the vendor had
            # closed before cannot be told apart, and what vendors allow a minute does not need it.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        async with self._session.request(
            "GET" if body is None else "POST",
            f"{self.base_url}{path}",
            params=params,
            data=body,
            headers={"Content-Type": JSON} if isinstance(body, bytes) else None,
            allow_redirects=False,
        ) as response:
            raw = bytearray()
            async for chunk in response.content.iter_chunked(READ_LIMIT_BYTES):
                raw += chunk
                if len(raw) > READ_LIMIT_BYTES:
                    break
            return response.status, response.headers, bytes(raw[:READ_LIMIT_BYTES])

    def _read(self, status: int, headers: "Mapping[str, str]", raw: bytes, secrets: "Sequence[str]") -> Answer:
        vendor, vendor_code = self.vendor, f"HTTP {status}"
        at = _moment(headers.get("Date", ""))
        wait_seconds = retry_seconds(headers.get(vendor.wait_header, ""), at or datetime.now(UTC))
        if status == 429:  # noqa: PLR2004 - Too Many Requests
            raise RateLimitedError(
                f"{vendor.name}限制了频率（HTTP 429）",
                after_seconds=max(wait_seconds or 0.0, vendor.blocked_seconds),
                reason=Reason.RATE_LIMITED,
                vendor_code=vendor_code,
            )
        if status >= 500:  # noqa: PLR2004 - server errors
            raise RetryLaterError(
                f"{vendor.name}出错（HTTP {status}）",
                after_seconds=wait_seconds or None,
                ambiguous=True,
                reason=Reason.SERVER,
                vendor_code=vendor_code,
            )
        answer = self._answer(raw, secrets, at)
        if status != 200 and (answer is None or answer.code == 0):  # noqa: PLR2004 - some refusals come as 400 with a code
            raise ChannelMisconfiguredError(
                f"{vendor.name}的地址不对（HTTP {status}）：请检查 {vendor.setting}，应为 {vendor.official_url}",
                reason=Reason.CONFIGURATION,
                vendor_code=vendor_code,
            )
        if answer is None:
            raise RetryLaterError(f"{vendor.name}的回答看不懂", ambiguous=True, reason=Reason.GARBAGE)
        return answer

    def _answer(self, raw: bytes, secrets: "Sequence[str]", at: datetime | None) -> Answer | None:
        try:
            fields = json.loads(raw)
            code = fields.get(self.vendor.code_field, 0 if self.vendor.silent_success else None)
            text = str(fields.get(self.vendor.text_field, ""))
        except (ValueError, AttributeError, RecursionError):
            return None
        if isinstance(code, bool) or not isinstance(code, int):
            return None
        for secret in filter(None, secrets):
            text = text.replace(secret, "***")
        return Answer(code=code, text=text[:MAX_HINT], fields=fields, at=at)


def as_json(body: "Mapping[str, Any]") -> bytes:
    r"""Return a body as UTF-8 without ``\uXXXX`` escapes, which some vendors refuse; the same for the same body."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
