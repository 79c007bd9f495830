"""How an organisation comes to be, and its first member with it: sign-up, proved by a mailed code."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.accounts import checked_email
from services.portal.desk.actor import Role
from services.portal.desk.audit import Doer
from services.portal.desk.mailed_codes import code_text
from services.portal.desk.organisations import Particulars
from services.portal.desk.passwords import password_faults
from services.portal.desk.refusals import ConflictError, Fault, ForbiddenError, InvalidError, Text
from shared.filing.accounts import Account
from shared.filing.sign_in_codes import CodePurpose
from shared.ids import fresh_id

if TYPE_CHECKING:
    from services.portal.desk.means import Means
    from services.portal.desk.visitor import Visitor

NAME_CHARACTERS = 60

_SUBJECT = Text("知推注册验证码", "Your code for signing up to Zhitui")
_HAS_ONE_SUBJECT = Text("您已有知推账号", "You have an account with Zhitui already")
_HAS_ONE = Text(
    "有人用这个邮箱注册知推，但它已有账号。是您本人，请直接登录；忘记密码可用邮箱验证码登录。不是您，不用理会。",
    "Somebody tried to sign up to Zhitui with this address, which has an account already. If it was you, just sign in; a "
    "mailed code does when the password is forgotten. If not, there is nothing to do.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What somebody says who joins.

    Attributes:
        name: for colleagues, may be ``""``.
        password: ``None``: only mailed codes.
        agrees: to the privacy notice; nobody joins without.
    """

    name: str = ""
    password: str | None = None
    agrees: bool = False

    def faults(self, *, known: tuple[str, ...]) -> list[Fault]:
        """Return what is wrong with it; ``known``: what others know of the person."""
        faults = []
        if len(self.name.strip()) > NAME_CHARACTERS:
            faults.append(
                Fault(
                    "/name",
                    Text(f"姓名最多 {NAME_CHARACTERS} 字。", f"A name has at most {NAME_CHARACTERS} characters."),
                )
            )
        if self.password is not None:
            faults += password_faults(self.password, pointer="/password", known=(*known, self.name))
        if not self.agrees:
            faults.append(
                Fault(
                    "/agrees", Text("请先阅读并同意个人信息处理说明。", "Read and agree to the privacy notice first.")
                )
            )
        return faults


class Joining:
    """Sign-up of an organisation with its owner."""

    def __init__(self, means: "Means") -> None:
        self._means = means

    async def sign_up(self, visitor: "Visitor", email: str, newcomer: Newcomer, particulars: Particulars) -> str:
        """Mail a code to who wants to join; return what it must come back with.

        Whether there is an account with this address is told to its mailbox alone.

        Raises:
            ForbiddenError: organisations are made by the centre here.
            ConflictError: no mail can be sent here.
            InvalidError: something given cannot be.
            TooManyError: too many were asked for.
        """
        means = self._means
        if means.around.settings.sign_up == "closed":
            raise ForbiddenError(
                "sign-up-closed",
                Text(
                    "这里不开放自助注册，请联系信息中心开通。",
                    "There is no sign-up here; ask the centre for an account.",
                ),
            )
        means.letters.need()
        faults = [*particulars.faults("/organisation"), *newcomer.faults(known=(email, particulars.name))]
        try:
            address = checked_email(email)
        except InvalidError as error:
            raise InvalidError(*faults, *error.faults) from error
        if faults:
            raise InvalidError(*faults)
        key = means.accounts.lookups.email(address)
        await means.throttle.mail(key, network=visitor.network)
        content = {
            "email": address,
            "name": newcomer.name.strip(),
            "password_hash": await means.passwords.hashed(newcomer.password) if newcomer.password else "",
            "language": visitor.language,
            "organisation": particulars.name.strip(),
            "region": particulars.region,
            "applicants": "\n".join(particulars.applicants),
        }
        flow, code = await means.codes.issue(CodePurpose.SIGN_UP, key, content)
        account = await means.accounts.by_email(address)
        if account is None:
            await means.letters.send(address, _SUBJECT, code_text(code), language=visitor.language)
        else:
            await means.letters.send(account.email, _HAS_ONE_SUBJECT, _HAS_ONE, language=visitor.language)
        return flow

    async def confirm(self, visitor: "Visitor", flow: str, code: str) -> Account:
        """Make the organisation and its owner, as the code proves the address.

        Raises:
            WrongCodeError: it is not this one, or no longer.
            ConflictError: the address has got an account in the meantime.
            TooManyError: this place gave too many wrong ones.
        """
        means = self._means
        turn = await means.throttle.code(visitor.network)
        redeemed = await means.codes.redeem(CodePurpose.SIGN_UP, flow, code)
        await turn.succeeded()
        said = redeemed.content
        particulars = Particulars(
            name=said["organisation"],
            region=said["region"],
            applicants=tuple(said["applicants"].splitlines()),
        )
        organisation = await means.organisations.make(particulars)
        account = Account(
            id=fresh_id("a"),
            organisation_id=organisation.id,
            email=said["email"],
            email_key=redeemed.email_key,
            name=said["name"],
            role=Role.OWNER,
            password_hash=said["password_hash"] or None,
            language=said["language"],
            created_at=means.around.clock.now(),
        )
        await add_account(means, account, consent="sign-up", undo=organisation.id)
        doer = Doer(organisation_id=organisation.id, way="sign-up", account_id=account.id, address=visitor.address)
        await means.audit.record(doer, "organisation.made", organisation.id)
        return account


async def add_account(means: "Means", account: Account, *, consent: str = "", undo: str | None = None) -> None:
    """File a new member.

    Args:
        means: where.
        account: the member.
        consent: by what act it agreed to the privacy notice; ``""``: somebody else vouches, and it is asked when it acts.
        undo: id of an organisation that was made for it alone.

    Raises:
        ConflictError: the address, or the member in WeCom, is somebody's already.
        ForbiddenError: the organisation is being erased.
    """
    # Its consent first: what a crash leaves in between names nobody; a member without its consent would have to be erased.
    if consent:
        await means.consents.give(account, how=consent)
    if not await means.accounts.shelf.add([account]):
        await means.consents.forget(account.id)
        if undo is not None:
            await means.organisations.shelf.remove(undo)
        raise ConflictError(
            "has-account",
            Text(
                "这个邮箱或企业微信成员已有账号。一个邮箱只能属于一个单位，请直接登录，或换一个邮箱。",
                "This address or member of WeCom has an account already. One address belongs to one organisation: sign in, "
                "or take another address.",
            ),
        )
    # Looked at afterwards: who was added before the erasure began is found by it, who was added later finds it here.
    organisation = await means.organisations.shelf.get(account.organisation_id)
    if organisation is not None and organisation.document.closing_at is not None:
        await means.accounts.shelf.remove(account.id)
        await means.consents.forget(account.id)
        raise ForbiddenError("closing", Text("这个单位已注销。", "This organisation was erased."))
