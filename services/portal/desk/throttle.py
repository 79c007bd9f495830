"""How often somebody may try: guessing is made slow, and nobody is locked out by what others guess.

Only what fails counts. Tries are counted by account and place, by place, and by account over all places; each in several windows,
so that the wait grows from minutes to a day. A browser in which the account's owner signed in before has a count of its own
(OWASP, "device cookies"): whatever strangers do, it is let in; and a mailed code is a way in that wrong passwords never close.
An account that does not exist is counted as one that does.
"""

import asyncio
import secrets as random_letters
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.refusals import Text, TooManyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from shared.filing.lookups import Lookups
    from shared.store.coordination import Lanes

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

Windows = tuple[tuple[int, float], ...]
"""How many in how many seconds, for each window."""

TRIES: "Mapping[str, Windows]" = {
    "pair": ((5, 5 * MINUTE), (10, HOUR), (20, DAY)),
    "place": ((30, 5 * MINUTE), (100, HOUR), (300, DAY)),
    "account": ((200, DAY),),
    "device": ((10, 5 * MINUTE), (40, DAY)),
}

MAILS: "Mapping[str, Windows]" = {
    "mail-pair": ((3, 10 * MINUTE), (10, DAY)),
    "mail-device": ((3, 10 * MINUTE), (10, DAY)),
    "mail-place": ((20, HOUR), (60, DAY)),
    "mail-to": ((6, HOUR), (20, DAY)),
    "mail-organisation": ((30, HOUR), (200, DAY)),
    "mail-all": ((1_000, HOUR),),
}

_TOO_OFTEN = Text(
    "尝试次数太多，请过一会儿再试；也可以用邮箱验证码登录。",
    "Too many tries. Wait a while, or sign in with a code sent to your mailbox.",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A try that was let through, with the windows it is counted in."""

    _lanes: "Lanes"
    _taken: tuple[tuple[str, str], ...]

    async def spent_on(self, looking: "Awaitable[bool]") -> bool:
        """Look at what was given; only what is wrong counts.

        Raises:
            TooManyError: too many wait to be looked at; this one was not, and does not count.
        """
        try:
            right = await looking
        except TooManyError:
            await self.succeeded()
            raise
        if right:
            await self.succeeded()
        return right

    async def succeeded(self) -> None:
        """Let it count no more."""
        await asyncio.gather(*(self._lanes.done(lane, turn, window_seconds=0.0) for lane, turn in self._taken))


class Throttle:
    """Counts in the store, over all processes."""

    def __init__(self, lanes: "Lanes", lookups: "Lookups") -> None:
        self._lanes = lanes
        self._lookups = lookups

    async def password(self, account_key: str, network: str, device: str | None) -> Turn:
        """Count a try to sign in.

        Args:
            account_key: of the mail address that was given, whether there is such an account or not.
            network: where from.
            device: names a browser in which its owner signed in before.

        Raises:
            TooManyError: there were too many; this one must not be looked at.
        """
        if device is not None:
            return await self._take(TRIES, {"device": f"{account_key}:{device}"}, _TOO_OFTEN)
        counts = {"pair": f"{account_key}:{network}", "place": network, "account": account_key}
        return await self._take(TRIES, counts, _TOO_OFTEN)

    async def code(self, network: str) -> Turn:
        """Count a try to give a mailed code (the code itself has a count, too). Raises as `password`."""
        return await self._take(TRIES, {"place": network}, _TOO_OFTEN)

    async def mail(self, to_key: str, *, network: str = "", device: str | None = None, organisation: str = "") -> None:
        """Count a mail that somebody makes us send.

        Args:
            to_key: key of the receiver.
            network: of a visitor, ``""``: of a member.
            device: see `password`; its owner gets codes whatever strangers ask for.
            organisation: of a member who invites.

        Raises:
            TooManyError: there were too many.
        """
        counts = {"mail-all": ""}
        if device is not None:
            counts["mail-device"] = f"{to_key}:{device}"
        else:
            counts["mail-to"] = to_key
            if network:
                counts |= {"mail-place": network, "mail-pair": f"{to_key}:{network}"}
            if organisation:
                counts["mail-organisation"] = organisation
        await self._take(MAILS, counts, None)

    async def _take(self, limits: "Mapping[str, Windows]", counts: "Mapping[str, str]", text: Text | None) -> Turn:
        turn = random_letters.token_hex(8)
        wanted = [
            # A keyed hash: whose address, and from where, does not lie in the clear.
            (f"tries:{self._lookups.secret('tries', kind, str(span), name)[:32]}", most, span)
            for kind, name in counts.items()
            for most, span in limits[kind]
        ]
        waits = await asyncio.gather(
            *(
                self._lanes.take(lane, turn, calls=most, window_seconds=span, hold_seconds=0.0)
                for lane, most, span in wanted
            )
        )
        taken = Turn(
            self._lanes, tuple((lane, turn) for (lane, _, _), wait in zip(wanted, waits, strict=True) if not wait)
        )
        if any(waits):
            await taken.succeeded()  # what is refused was not tried: it must not make the wait longer
            longest = max(waits)
            raise TooManyError(longest, code="too-many-tries", text=text and _with_wait(text, longest))
        return taken


def _with_wait(text: Text, wait: float) -> Text:
    minutes = max(1, round(wait / MINUTE))
    return Text(f"{text.zh}（约 {minutes} 分钟后）", f"{text.en} (about {minutes} min)")
