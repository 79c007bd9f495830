"""Where the stand-ins of vendors give out access tokens, and look at those that come back.

Source: https://developer.work.weixin.qq.com/document/path/91039; developers.weixin.qq.com/doc/service (stable_token).
"""

from typing import TYPE_CHECKING

from shared.testing.vendor import Refusal

if TYPE_CHECKING:
    from shared.clock import Clock

TOKEN_SECONDS = 7200
WRONG_TRIES = 5
BAN_SECONDS = 3600.0


class TokenDesk:
    """Gives an account its token: the same one until it is over or revoked.

    Attributes:
        asked: how often somebody asked.
    """

    def __init__(
        self, clock: "Clock", *, account: str, secret: str, wrong_account: Refusal, wrong_secret: Refusal
    ) -> None:
        self.asked = 0
        self._clock = clock
        self._account, self._secret = account, secret
        self._wrong_account, self._wrong_secret = wrong_account, wrong_secret
        self._over_at: dict[str, float] = {}
        self._issued = 0
        self._wrong = 0
        self._banned_until = 0.0

    @property
    def current(self) -> str | None:
        """The token that is good now."""
        now = self._clock.now().timestamp()
        return next((token for token, over_at in self._over_at.items() if over_at > now), None)

    def revoke(self) -> None:
        """Take the token back before its time."""
        self._over_at.clear()

    def ask(self, account: str, secret: str) -> Refusal | tuple[str, int]:
        """Return the token and for how many seconds it is good, or why there is none."""
        self.asked += 1
        now = self._clock.now().timestamp()
        if now < self._banned_until:
            return Refusal(code=45009, text="api freq out of limit")
        if account != self._account or secret != self._secret:
            self._wrong += 1
            if self._wrong >= WRONG_TRIES:
                self._banned_until = now + BAN_SECONDS
            return self._wrong_account if account != self._account else self._wrong_secret
        token = self.current
        if token is None:
            self._issued += 1
            token = f"token-{self._issued}-of-{account}"
            self._over_at[token] = now + TOKEN_SECONDS
        return token, int(self._over_at[token] - now)

    def judge(self, token: str) -> Refusal | None:
        """Return why a token is refused, ``None`` if it is not."""
        if not token:
            return Refusal(code=41001, text="access_token missing")
        over_at = self._over_at.get(token)
        if over_at is None:
            return Refusal(code=40014, text=f"invalid access_token {token}")
        return None if over_at > self._clock.now().timestamp() else Refusal(code=42001, text="access_token expired")
