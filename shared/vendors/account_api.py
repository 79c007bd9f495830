"""A vendor's API that wants an access token in the query: sent with the shared one, and once more with a fresh one."""

from typing import TYPE_CHECKING, Any

from shared.errors import ChannelMisconfiguredError, Reason, RetryLaterError
from shared.vendors.access_tokens import Fetched
from shared.vendors.http import as_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shared.vendors.access_tokens import AccessTokens
    from shared.vendors.http import Answer, VendorApi


_SECRET_CHARACTERS = 8
"""What is shorter is a number or a page, and would tear the vendor's sentence."""


class AccountApi:
    """Calls a vendor on behalf of one account.

    Args:
        api: the vendor.
        tokens: of the account.
        stale: codes that say that a token is good no more: nothing was done, and another one may do.
    """

    def __init__(self, api: "VendorApi", tokens: "AccessTokens", *, stale: "Collection[int]") -> None:
        self._api = api
        self._tokens = tokens
        self._stale = frozenset(stale)

    async def call(
        self, path: str, body: "Mapping[str, Any] | None", *, params: "Mapping[str, str] | None" = None
    ) -> "Answer":
        """Post a body, or ask with GET where there is none; raises what the answer's code means.

        Args:
            path: after the base address.
            body: of a POST.
            params: of the query beside the token; nobody must read them either.

        Raises:
            ZhituiError: as `VendorApi.call` and `AccessTokens.current` do.
        """
        raw = None if body is None else as_json(body)
        token = await self._tokens.current()
        answer = await self._ask(path, raw, token, params or {})
        if answer.code in self._stale:
            answer = await self._ask(path, raw, await self._tokens.after(token), params or {})
        failure = self._api.vendor.judge(answer.code, answer.text)
        if failure is not None:
            raise failure
        return answer

    async def _ask(self, path: str, raw: bytes | None, token: str, params: "Mapping[str, str]") -> "Answer":
        secrets = (token, *(value for value in params.values() if len(value) >= _SECRET_CHARACTERS))
        return await self._api.exchange(path, raw, params={**params, "access_token": token}, secrets=secrets)


def token_in(answer: "Answer") -> Fetched:
    """Return the token of an answer to a question for one.

    Raises:
        RetryLaterError: there is none in it.
    """
    token, seconds = answer.fields.get("access_token"), answer.fields.get("expires_in")
    if not isinstance(token, str) or not token or isinstance(seconds, bool) or not isinstance(seconds, int):
        raise RetryLaterError("对方没有给出 access_token", reason=Reason.GARBAGE)
    return Fetched(token=token, seconds=float(seconds))


def required(values: "Mapping[str, object]") -> None:
    """Check that settings have values.

    Raises:
        ChannelMisconfiguredError: some have none; the sentence names them.
    """
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise ChannelMisconfiguredError(
            f"没有设置 {'、'.join(missing)}，发不出去。请设置后重启。", reason=Reason.CONFIGURATION
        )
