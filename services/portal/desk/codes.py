"""Codes that are mailed: eight digits, ten minutes, five tries, one use, and only for who asked for them."""

import secrets as random_letters
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.refusals import NotSignedInError, Text
from shared.filing.sign_in_codes import SIGN_IN_CODES, CodePurpose, SignInCode
from shared.ids import fresh_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.filing.lookups import Lookups
    from shared.runtime.role import Surroundings

DIGITS = 8
VALID = timedelta(minutes=10)
TRIES = 5
_ID_PREFIX = "c"


class WrongCodeError(NotSignedInError):
    """The code is wrong, was used, is too old or was never mailed: which of these is not told."""

    def __init__(self) -> None:
        super().__init__(
            "wrong-code",
            Text(
                "验证码不对或已过期。请核对最新一封邮件，或重新获取验证码。",
                "The code is wrong or too old. Look into the latest mail, or ask for a new code.",
            ),
        )


class Codes:
    """Codes under way."""

    def __init__(self, around: "Surroundings", lookups: "Lookups") -> None:
        self._shelf = around.store.shelf(SIGN_IN_CODES)
        self._clock = around.clock
        self._lookups = lookups

    async def issue(
        self, purpose: CodePurpose, email_key: str, content: "Mapping[str, str] | None" = None
    ) -> tuple[str, str]:
        """Make a code.

        Args:
            purpose: what it is good for.
            email_key: of the mailbox that it goes to.
            content: what is to be done when it comes back.

        Returns:
            Its id, for who asked, and the code (``1234 5678``), for the mail.
        """
        flow = fresh_id(_ID_PREFIX)
        digits = f"{random_letters.randbelow(10**DIGITS):0{DIGITS}}"
        now = self._clock.now()
        code = SignInCode(
            id=flow,
            purpose=purpose,
            code_key=self._key(flow, digits),
            email_key=email_key,
            content=dict(content or {}),
            created_at=now,
            expires_at=now + VALID,
        )
        await self._shelf.add([code])
        return flow, f"{digits[: DIGITS // 2]} {digits[DIGITS // 2 :]}"

    async def redeem(self, purpose: CodePurpose, flow: str, given: str) -> SignInCode:
        """Return what a code is for, and let it be good no more.

        Raises:
            WrongCodeError: it is not this one, or no longer.
        """
        filed = await self._shelf.get(flow)
        if filed is None or filed.document.purpose is not purpose or filed.document.tries >= TRIES:
            raise WrongCodeError
        # Counted before it is looked at: of many tries at once only one gets further than this.
        tried = msgspec.structs.replace(filed.document, tries=filed.document.tries + 1)
        revision = await self._shelf.replace(tried, revision=filed.revision)
        digits = "".join(letter for letter in given if letter.isdecimal())
        right = random_letters.compare_digest(self._key(flow, digits), tried.code_key)
        if revision is None or not right or not await self._shelf.remove(flow, revision=revision):
            raise WrongCodeError
        return tried

    def _key(self, flow: str, digits: str) -> str:
        return self._lookups.secret("code", flow, digits)
