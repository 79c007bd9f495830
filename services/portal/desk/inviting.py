"""How colleagues join: an owner invites a mailbox, whoever reads it follows the link."""

import secrets as random_letters
from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.accounts import checked_email
from services.portal.desk.actor import Actor, Permission, Role
from services.portal.desk.audit import Doer
from services.portal.desk.joining import Newcomer, add_account
from services.portal.desk.limits import Limit
from services.portal.desk.owning import own
from services.portal.desk.refusals import InvalidError, MissingError, Text
from services.portal.desk.roles import need_role_in
from shared.filing.accounts import Account, mask_email
from shared.filing.invitations import INVITATIONS, Invitation
from shared.ids import fresh_id

if TYPE_CHECKING:
    from services.portal.desk.means import Means
    from services.portal.desk.visitor import Visitor


JOIN_PATH = "join/"
"""Where the link leads, below the front page; the rest is the token."""

VALID = timedelta(days=7)
MOST = 100
TOKEN_BYTES = 24
LIMIT = Limit(
    most=MOST,
    code="too-many-invitations",
    text=Text(f"最多 {MOST} 份邀请待接受，请先撤回不用的。", f"At most {MOST} invitations may wait; take some back."),
)

_SUBJECT = Text("邀请您加入知推", "An invitation to Zhitui")


class Inviting:
    """Invitations of all organisations."""

    def __init__(self, means: "Means") -> None:
        self._means = means
        self._shelf = means.around.store.shelf(INVITATIONS)

    async def invite(self, actor: Actor, email: str, role: Role) -> Invitation:
        """Mail somebody a link; whether that one has an account elsewhere is not told here.

        Raises:
            ForbiddenError: this role may not.
            ConflictError: no mail can be sent here, or too many invitations wait.
            InvalidError: the address or the role cannot be.
            TooManyError: too many mails for now.
        """
        means = self._means
        actor.need(Permission.MANAGE_MEMBERS)
        means.letters.need()
        need_role_in(actor, role)
        address = checked_email(email)
        await LIMIT.refuse_more(self._shelf, actor.organisation_id)
        organisation = await means.organisations.mine(actor)
        token = random_letters.token_urlsafe(TOKEN_BYTES)
        link = means.letters.link(f"{JOIN_PATH}{token}")
        await means.throttle.mail(means.accounts.lookups.email(address), organisation=actor.organisation_id)
        now = means.around.clock.now()
        invitation = Invitation(
            id=fresh_id("i"),
            organisation_id=actor.organisation_id,
            email=address,
            role=role,
            token_key=self._key(token),
            invited_by=actor.account_id,
            created_at=now,
            expires_at=now + VALID,
        )
        await LIMIT.add(self._shelf, invitation)
        await means.letters.send(address, _SUBJECT, _text(organisation.document.name, link), language=actor.language)
        await means.audit.record(actor, "member.invited", invitation.id, about=mask_email(address), role=role)
        return invitation

    async def waiting(self, actor: Actor) -> list[Invitation]:
        """Return the invitations that wait, newest first."""
        actor.need(Permission.MANAGE_MEMBERS)
        filed = await self._shelf.page(actor.organisation_id, limit=MOST, newest_first=True)
        return [one.document for one in filed]

    async def take_back(self, actor: Actor, invitation_id: str) -> None:
        """Let an invitation be good no more.

        Raises:
            MissingError: there is none.
        """
        actor.need(Permission.MANAGE_MEMBERS)
        await own(self._shelf, actor, invitation_id)
        await self._shelf.remove(invitation_id)
        await self._means.audit.record(actor, "invitation.taken-back", invitation_id)

    async def look(self, token: str) -> tuple[Invitation, str]:
        """Return what a link invites to, and the organisation's name.

        Raises:
            MissingError: the link is none, or no longer.
        """
        filed = await self._shelf.find(self._key(token))
        organisation = await self._means.organisations.shelf.get(filed.document.organisation_id) if filed else None
        if filed is None or organisation is None or organisation.document.closing_at is not None:
            raise MissingError(
                "no-invitation",
                Text(
                    "邀请链接无效或已过期，请让邀请您的人再发一次。",
                    "This invitation is none, or too old; ask for another one.",
                ),
            )
        return filed.document, organisation.document.name

    async def accept(self, visitor: "Visitor", token: str, newcomer: Newcomer) -> Account:
        """Join.

        Raises:
            MissingError: the link is none, or no longer.
            InvalidError: something given cannot be.
            ConflictError: the address has an account already.
        """
        means = self._means
        invitation, organisation_name = await self.look(token)
        faults = newcomer.faults(known=(invitation.email, organisation_name))
        if faults:
            raise InvalidError(*faults)
        account = Account(
            id=fresh_id("a"),
            organisation_id=invitation.organisation_id,
            email=invitation.email,
            email_key=means.accounts.lookups.email(invitation.email),
            name=newcomer.name.strip(),
            role=invitation.role,
            password_hash=await means.passwords.hashed(newcomer.password) if newcomer.password else None,
            language=visitor.language,
            created_at=means.around.clock.now(),
        )
        await add_account(means, account, consent="invitation")
        await self._shelf.remove(invitation.id)
        doer = Doer(
            organisation_id=account.organisation_id, way="invitation", account_id=account.id, address=visitor.address
        )
        await means.audit.record(doer, "member.joined", account.id, role=account.role)
        return account

    def _key(self, token: str) -> str:
        return self._means.accounts.lookups.secret("invitation", token)


def _text(organisation: str, link: str) -> Text:
    shown = " ".join(organisation.split())
    return Text(
        f"“{shown}”邀请您一起使用知推的专利提醒。同意请在 7 天内打开 {link} 。没有这回事，不用理会。",
        f"“{shown}” invites you to its patent alerts at Zhitui. To join, open {link} within 7 days. "
        "If you know nothing of this, there is nothing to do.",
    )
