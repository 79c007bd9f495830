"""Codes that were mailed, and what is done when one comes back."""

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class CodePurpose(StrEnum):
    """What a code is good for."""

    SIGN_IN = "sign-in"
    SIGN_UP = "sign-up"
    RESET = "reset"


class SignInCode(msgspec.Struct, frozen=True, kw_only=True):
    """One mailed code. It is good only together with its id, which the one who asked for it holds, and for one use.

    Attributes:
        code_key: keyed hash of id and code.
        email_key: whose mailbox it went to, as in `shared.filing.accounts.Account`.
        tries: how many wrong ones were given.
        content: what is to be done with it, for instance the answers of a sign-up.
    """

    id: str
    purpose: CodePurpose
    code_key: str
    email_key: str
    tries: int = 0
    content: dict[str, str] = {}
    created_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SignInCode(purpose={self.purpose.value!r}, tries={self.tries})"


SIGN_IN_CODES: Kind[SignInCode] = Kind(
    name="sign_in_codes",
    title="登录验证码",
    document=SignInCode,
    owner=lambda code: code.email_key,
    order=lambda code: by_moment(code.created_at),
    expires_at=lambda code: code.expires_at,
    sealed=True,
)
