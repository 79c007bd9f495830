"""How somebody proves to be a member: by password, by a mailed code, or by being one in WeCom.

Whether there is an account is told to nobody who does not hold it: the answers are the same, and so is the work.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.portal.desk.codes import WrongCodeError
from services.portal.desk.mailed_codes import mail_code
from services.portal.desk.refusals import ForbiddenError, NotSignedInError, RefusalError, Text, TooManyError
from shared.filing.sign_in_codes import CodePurpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.portal.desk.means import Means
    from services.portal.desk.visitor import Visitor
    from shared.filing.accounts import Account

SUBJECT = Text("知推登录验证码", "Your code for signing in to Zhitui")

_OUTCOMES: dict[type[RefusalError], str] = {TooManyError: "throttled", ForbiddenError: "locked"}


class WrongPasswordError(NotSignedInError):
    """No account has this address and this password: which of both is wrong is not told."""

    def __init__(self) -> None:
        super().__init__(
            "wrong-password",
            Text(
                "邮箱或密码不对。可以再试，或用邮箱验证码登录。",
                "Address or password is wrong. Try again, or sign in with a mailed code.",
            ),
        )


class SignIn:
    """The ways in. Each returns the account; `Sessions.open` then begins a session."""

    def __init__(self, means: "Means") -> None:
        self._means = means
        self._accounts = means.accounts
        self._passwords = means.passwords
        self._throttle = means.throttle
        self._devices = means.devices
        self._codes = means.codes
        self._sign_ins = means.around.metrics.portal_sign_ins

    async def by_password(self, visitor: "Visitor", email: str, password: str) -> "Account":
        """Return the account with this address and password.

        Raises:
            WrongPasswordError: there is none.
            ForbiddenError: it is locked; told only to who knows the password.
            TooManyError: it was tried too often; the password was not looked at.
        """
        with self._counted("password"):
            return await self._by_password(visitor, email, password)

    async def _by_password(self, visitor: "Visitor", email: str, password: str) -> "Account":
        account = await self._accounts.by_email(email)
        known = self._devices.known(account, visitor.device_mark)
        turn = await self._throttle.password(self._accounts.lookups.email(email), visitor.network, known)
        kept = account.password_hash if account else None
        right = await turn.spent_on(self._passwords.verify(kept, password))
        if not right or account is None or kept is None:
            raise WrongPasswordError
        _need_open(account)
        if self._passwords.is_outdated(kept):
            account = await self._accounts.rehash(account, await self._passwords.hashed(password))
        return account

    async def ask_code(self, visitor: "Visitor", email: str) -> str:
        """Mail a code for signing in, if there is an account; return what it must come back with.

        Raises:
            InvalidError: this is no mail address.
            ConflictError: no mail can be sent here.
            TooManyError: too many were asked for.
        """
        return await mail_code(self._means, visitor, email, CodePurpose.SIGN_IN, SUBJECT)

    async def by_code(self, visitor: "Visitor", flow: str, code: str) -> "Account":
        """Return the account whose mailbox a code was sent to.

        Raises:
            WrongCodeError: it is not this one, or no longer.
            TooManyError: this place gave too many wrong ones.
        """
        with self._counted("code"):
            return await self._by_code(visitor, flow, code)

    async def _by_code(self, visitor: "Visitor", flow: str, code: str) -> "Account":
        turn = await self._throttle.code(visitor.network)
        redeemed = await self._codes.redeem(CodePurpose.SIGN_IN, flow, code)
        await turn.succeeded()
        filed = await self._accounts.shelf.find(redeemed.email_key)
        if filed is None:
            raise WrongCodeError
        _need_open(filed.document)
        return filed.document

    async def by_wecom(self, corp_id: str, user_id: str) -> "Account":
        """Return the account of a member of an enterprise, as WeCom itself has just said who it is.

        Raises:
            NotSignedInError: nobody is tied to this member yet.
            ForbiddenError: the account is locked.
        """
        with self._counted("wecom"):
            return await self._by_wecom(corp_id, user_id)

    async def _by_wecom(self, corp_id: str, user_id: str) -> "Account":
        account = await self._accounts.by_wecom(corp_id, user_id)
        if account is None:
            raise NotSignedInError(
                "not-tied",
                Text(
                    "这个企业微信成员还没有绑定账号。请先用邮箱登录，再在“单位”页绑定。",
                    "This member of WeCom is tied to no account yet. Sign in by mail first, then tie it.",
                ),
            )
        _need_open(account)
        return account

    @contextmanager
    def _counted(self, way: str) -> "Iterator[None]":
        outcome = "opened"
        try:
            yield
        except RefusalError as error:
            outcome = _OUTCOMES.get(type(error), "refused")
            raise
        finally:
            self._sign_ins.labels(way, outcome).inc()


def _need_open(account: "Account") -> None:
    if account.locked_at is not None:
        raise ForbiddenError(
            "locked",
            Text(
                "账号已停用，请联系本单位的管理员或信息中心。", "This account is locked; ask your owner or the centre."
            ),
        )
