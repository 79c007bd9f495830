"""Codes for who reads a mailbox that an account has: asked for by anybody, mailed to its owner alone."""

from typing import TYPE_CHECKING

from services.portal.desk.accounts import checked_email
from services.portal.desk.refusals import Text

if TYPE_CHECKING:
    from services.portal.desk.means import Means
    from services.portal.desk.visitor import Visitor
    from shared.filing.sign_in_codes import CodePurpose


async def mail_code(means: "Means", visitor: "Visitor", email: str, purpose: "CodePurpose", subject: Text) -> str:
    """Mail a code, if there is an account; return what it must come back with. Both are told apart by nobody who waits.

    It goes to the address that the account has, not to the one that was typed: two that are found by the same key need not be the
    same mailbox, and whoever has the other one must not get in.

    Raises:
        InvalidError: this is no mail address.
        ConflictError: no mail can be sent here.
        TooManyError: too many were asked for.
    """
    means.letters.need()
    address = checked_email(email)
    account = await means.accounts.by_email(address)
    key = means.accounts.lookups.email(address)
    known = means.devices.known(account, visitor.device_mark)
    await means.throttle.mail(key, network=visitor.network, device=known)
    flow, code = await means.codes.issue(purpose, key)
    await means.letters.send(
        account.email if account else address,
        subject,
        code_text(code),
        language=visitor.language,
        really=account is not None and account.locked_at is None,
    )
    return flow


def code_text(code: str) -> Text:
    """Return the mail that brings a code."""
    return Text(
        f"您的验证码是 {code}，10 分钟内有效，只能用一次。不要告诉任何人，知推的工作人员也不会问您要。不是您本人操作，不用理会。",
        f"Your code is {code}. It is good for 10 minutes and for one use. Tell it to nobody; we never ask for it. "
        "If this was not you, there is nothing to do.",
    )
