"""Access tokens of an account at a vendor: fetched by one process, kept sealed in the store, used by all.

Vendors count how often a token is asked for, and ban who asks with a wrong secret. So a token is fetched by whoever holds its
key in the store, the others wait for what that one got; a refused secret is remembered too, until it is another secret.

A token that the vendor took back early is followed by another, kept under a key made of the refused one: whoever learns of the
refusal finds the same successor, and nobody fetches it twice.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import msgspec

from shared.errors import ChannelMisconfiguredError, Reason, RetryLaterError
from shared.store.coordination import Standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from shared.clock import Clock
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.coordination import Idempotency

EARLY_SECONDS = 300.0
"""A token is not used for the last of its time: the next one is fetched before."""

OWN_COPY_SECONDS = 60.0
"""How long a process goes by its own copy before it looks into the store again; much less than `EARLY_SECONDS`."""

REFUSED_SECONDS = 900.0
"""How long nobody asks again with a secret that was refused."""

_LOOKS, _LOOK_SECONDS = 20, 0.25
_DIGEST = "access-token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A vendor's token, and for how many seconds it is good."""

    token: str
    seconds: float

    @property
    def keep_seconds(self) -> float:
        """For how long it is handed out; a vendor may give the same one again shortly before its end."""
        return max(self.seconds - EARLY_SECONDS, OWN_COPY_SECONDS)

    def __repr__(self) -> str:
        return f"Fetched(token='***', seconds={self.seconds!r})"


class TokenMeans(Protocol):
    """Where tokens are kept, and by which clock; without ``idempotency`` and ``secrets`` each process has its own."""

    @property
    def settings(self) -> "Settings":
        """For how long an answer is waited for."""
        ...

    @property
    def clock(self) -> "Clock":
        """The time."""
        ...

    @property
    def idempotency(self) -> "Idempotency | None":
        """The store's collection."""
        ...

    @property
    def secrets(self) -> "SecretBox | None":
        """Seals what is kept."""
        ...


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What lies sealed in the store: a token, or why there is none."""

    token: str = ""
    refusal: str = ""
    vendor_code: str | None = None


class AccessTokens:
    """The tokens of one account.

    Args:
        account: names it and its secret; only a hash of it is kept.
        fetch: asks the vendor, once.
        means: where tokens are kept, and the time.
        refusals: vendor codes that say that the secret itself is wrong.
    """

    def __init__(
        self,
        account: str,
        fetch: "Callable[[], Awaitable[Fetched]]",
        means: "TokenMeans",
        *,
        refusals: "Collection[str]",
    ) -> None:
        self._name = f"access-token-{_mark(account)}"
        self._fetch = fetch
        self._store = means.idempotency
        self._secrets = means.secrets
        self._clock = means.clock
        self._lease_seconds = means.settings.send_timeout_seconds + 5.0
        self._refusals = frozenset(refusals)
        self._refused: set[str] = set()
        self._copy: tuple[str, datetime] | None = None
        self._lock = asyncio.Lock()

    async def current(self) -> str:
        """Return a token that the vendor should take.

        Raises:
            ChannelMisconfiguredError: it gives none for this secret.
            RetryLaterError: it gives none now; never ambiguous.
        """
        async with self._lock:
            if self._copy is not None and self._clock.now() < self._copy[1]:
                return self._copy[0]
            return await self._find()

    async def after(self, refused: str) -> str:
        """Return another token, as the vendor does not take this one any more; raises as `current` does."""
        async with self._lock:
            if self._copy is not None and self._copy[0] != refused:
                return self._copy[0]  # somebody else of this process was faster
            self._refused.add(_mark(refused))
            return await self._find()

    async def _find(self) -> str:
        name, seen = self._name, set[str]()
        while name not in seen:
            seen.add(name)
            token, good_seconds = await self._take(name)
            mark = _mark(token)
            if mark not in self._refused:
                self._copy = token, self._clock.now() + timedelta(seconds=good_seconds)
                return token
            name = f"{self._name}-{mark}"
        self._refused.clear()  # processes that each refused another one: it begins anew
        raise RetryLaterError("access_token 都被拒绝过", reason=Reason.SERVER)

    async def _take(self, name: str) -> tuple[str, float]:
        if self._store is None or self._secrets is None:
            fetched, _ = await self._ask()
            return fetched.token, fetched.keep_seconds
        for _ in range(_LOOKS):
            begun = await self._store.begin(name, _DIGEST, lease_seconds=self._lease_seconds)
            if begun.standing is Standing.BEGUN:
                return await self._fetch_for_all(name, begun.token), OWN_COPY_SECONDS
            if begun.answer is not None:
                kept = msgspec.json.decode(self._secrets.open(begun.answer), type=_Kept)
                if kept.refusal:
                    raise ChannelMisconfiguredError(
                        kept.refusal, reason=Reason.CONFIGURATION, vendor_code=kept.vendor_code
                    )
                return kept.token, OWN_COPY_SECONDS
            await self._clock.sleep(_LOOK_SECONDS)
        raise RetryLaterError("另一个进程正在换取 access_token，还没有结果", reason=Reason.SERVER)

    async def _fetch_for_all(self, name: str, right: int) -> str:
        try:
            fetched, is_another = await self._ask()
        except ChannelMisconfiguredError as error:
            if error.vendor_code in self._refusals:
                await self._keep(
                    name, right, _Kept(refusal=str(error), vendor_code=error.vendor_code), seconds=REFUSED_SECONDS
                )
            else:
                await self._give_up(name, right)
            raise
        except BaseException:
            await self._give_up(name, right)
            raise
        if is_another:
            await self._keep(name, right, _Kept(token=fetched.token), seconds=fetched.keep_seconds)
        else:
            await self._give_up(name, right)
        return fetched.token

    async def _ask(self) -> tuple[Fetched, bool]:
        """Return a token, and whether it is another than those that were refused."""
        try:
            fetched = await self._fetch()
        except RetryLaterError as error:
            error.ambiguous = False  # nobody sees a token that was only asked for
            raise
        mark = _mark(fetched.token)
        is_another = mark not in self._refused
        self._refused.discard(mark)  # the vendor stands by it: that it refused it was a mistake
        return fetched, is_another

    async def _keep(self, name: str, right: int, kept: _Kept, *, seconds: float) -> None:
        if self._store is not None and self._secrets is not None:
            sealed = self._secrets.seal(msgspec.json.encode(kept).decode())
            await self._store.finish(name, right, sealed, keep_seconds=seconds)

    async def _give_up(self, name: str, right: int) -> None:
        if self._store is not None:
            await self._store.give_up(name, right)


def _mark(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:32]
