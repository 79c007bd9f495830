"""How a password is changed: by who knows the old one, or by who reads the mailbox."""

from typing import TYPE_CHECKING

from services.portal.desk.accounts import actor_of
from services.portal.desk.actor import Actor, Way
from services.portal.desk.audit import Doer
from services.portal.desk.mailed_codes import mail_code
from services.portal.desk.passwords import password_faults
from services.portal.desk.refusals import Fault, ForbiddenError, InvalidError, MissingError, Text
from shared.filing.sign_in_codes import CodePurpose

if TYPE_CHECKING:
    from services.portal.desk.means import Means
    from services.portal.desk.visitor import Visitor
    from shared.filing.accounts import Account

_SUBJECT = Text("知推重设密码验证码", "Your code for a new password at Zhitui")
_CHANGED_SUBJECT = Text("知推密码已修改", "Your password at Zhitui was changed")
_CHANGED = Text(
    "您的知推密码刚刚修改了，所有设备都已退出登录。不是您本人操作，请马上用“忘记密码”重设，并告诉本单位的管理员。",
    "Your password at Zhitui was just changed, and you were signed out everywhere. If this was not you, set a new one by "
    "“forgotten password” at once, and tell your owner.",
)


class ChangingPassword:
    """Both ways. After each, all sessions and known devices of the member are forgotten; a face opens a new session."""

    def __init__(self, means: "Means") -> None:
        self._means = means

    async def change(self, actor: Actor, visitor: "Visitor", old: str, new: str) -> "Account":
        """Replace the password of the member who asks.

        Raises:
            ForbiddenError: by a token, nobody changes passwords.
            InvalidError: the old one is wrong, or the new one is not taken.
            TooManyError: the old one was given wrong too often.
        """
        means = self._means
        account = await means.accounts.get(actor.account_id)
        if actor.way is not Way.SESSION or account is None:
            raise ForbiddenError
        turn = await means.throttle.password(account.email_key or account.id, visitor.network, None)
        if not await turn.spent_on(means.passwords.verify(account.password_hash, old)):
            raise InvalidError(Fault("/old", Text("原密码不对。", "The old password is wrong.")))
        return await self._set(actor, account, new)

    async def ask(self, visitor: "Visitor", email: str) -> str:
        """Mail a code for a new password, if there is an account; return what it must come back with.

        Raises:
            InvalidError: this is no mail address.
            ConflictError: no mail can be sent here.
            TooManyError: too many were asked for.
        """
        return await mail_code(self._means, visitor, email, CodePurpose.RESET, _SUBJECT)

    async def reset(self, visitor: "Visitor", flow: str, code: str, new: str) -> "Account":
        """Set a new password, as the code proves that the mailbox is the member's.

        Raises:
            WrongCodeError: it is not this one, or no longer.
            InvalidError: the new one is not taken. The code is still good, unless it is only too much like the member's address or
                name: whose it is is not looked up before.
            TooManyError: this place gave too many wrong ones.
        """
        means = self._means
        faults = password_faults(new, pointer="/new")
        if faults:
            raise InvalidError(*faults)
        turn = await means.throttle.code(visitor.network)
        redeemed = await means.codes.redeem(CodePurpose.RESET, flow, code)
        await turn.succeeded()
        filed = await means.accounts.shelf.find(redeemed.email_key)
        if filed is None or filed.document.locked_at is not None:
            raise MissingError
        return await self._set(actor_of(filed.document, visitor, Way.SESSION), filed.document, new)

    async def set_by_operator(self, account: "Account", new: str) -> None:
        """Set a password that the operator at the command line hands on."""
        means = self._means
        await means.accounts.end_everywhere(account, password_hash=await means.passwords.hashed(new))
        doer = Doer(organisation_id=account.organisation_id, way="command-line")
        await means.audit.record(doer, "password.changed", account.id)

    async def _set(self, actor: Actor, account: "Account", new: str) -> "Account":
        means = self._means
        faults = password_faults(new, pointer="/new", known=(account.email, account.name))
        if faults:
            raise InvalidError(*faults)
        changed = await means.accounts.end_everywhere(account, password_hash=await means.passwords.hashed(new))
        await means.audit.record(actor, "password.changed", account.id)
        if account.email and means.letters.possible:
            await means.letters.send(account.email, _CHANGED_SUBJECT, _CHANGED, language=account.language)
        return changed
