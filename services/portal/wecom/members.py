"""Members of a connected enterprise, and who they are in the portal."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.accounts import actor_of
from services.portal.desk.actor import Role, Way
from services.portal.desk.refusals import ConflictError, ForbiddenError, MissingError, Text
from services.portal.desk.visitor import Visitor
from shared.filing.changing import with_fields
from shared.filing.lookups import Lookups
from shared.filing.organisations import CENTRE_ID
from shared.filing.wecom_members import WECOM_MEMBERS, Pending, WecomMember

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.desk import Desk
    from shared.filing.accounts import Account
    from shared.filing.wecom_corps import WecomCorp

QUESTION = timedelta(minutes=10)
"""How long a question is open."""


class Members:
    """All members that were seen or read from a directory."""

    def __init__(self, desk: "Desk") -> None:
        self.shelf = desk.around.store.shelf(WECOM_MEMBERS)
        self.lookups = Lookups(desk.around.secrets)
        self._desk = desk
        self._clock = desk.around.clock

    def id_of(self, corp: "WecomCorp", user_id: str) -> str:
        """Return a member's id."""
        return self.lookups.wecom(corp.id, user_id)

    async def seen(self, corp: "WecomCorp", user_id: str) -> WecomMember:
        """Return a member, written down if it is new."""
        member_id = self.id_of(corp, user_id)
        filed = await self.shelf.get(member_id)
        if filed is not None:
            return filed.document
        member = WecomMember(id=member_id, connection_id=corp.id, user_id=user_id)
        await self.shelf.add([member])  # false when another process was quicker
        return member

    async def change(self, member: WecomMember, **fields: object) -> WecomMember:
        """Set fields of one, whoever changes others at the same time."""
        filed = await with_fields(self.shelf, member.id, **fields)
        return filed.document if filed else member  # its enterprise was disconnected meanwhile

    async def ask(self, member: WecomMember, command: str) -> WecomMember:
        """Note what is done when the member says yes."""
        return await self.change(member, pending=Pending(command=command, until=self._clock.now() + QUESTION))

    async def asked(self, member: WecomMember) -> str:
        """Return what the member was asked and may still answer, ``""`` for nothing; asked it is no more."""
        if member.pending is None:
            return ""
        await self.change(member, pending=None)
        return member.pending.command if member.pending.until > self._clock.now() else ""

    async def account(self, corp: "WecomCorp", user_id: str) -> "Account | None":
        """Return whom a member is in the portal, ``None``: nobody yet."""
        return await self._desk.means.accounts.by_wecom(corp.id, user_id)

    async def actor(self, corp: "WecomCorp", member: WecomMember) -> "Actor":
        """Return a member as somebody who asks for something; who is nobody yet joins the enterprise's organisation.

        Raises:
            ForbiddenError: its account is locked.
        """
        return self.as_actor(await self.joined(corp, member))

    async def joined(self, corp: "WecomCorp", member: WecomMember) -> "Account":
        """Return a member's account, made if there is none."""
        account = await self.account(corp, member.user_id)
        if account is not None:
            return account
        try:
            return await self._desk.people.add(
                corp.organisation_id,
                Role(corp.newcomers),
                way="wecom",
                wecom=(corp.id, member.user_id),
                name=member.name,
            )
        except ConflictError:  # another process was quicker
            account = await self.account(corp, member.user_id)
            if account is None:
                raise
            return account

    def as_actor(self, account: "Account") -> "Actor":
        """Return a member with an account as somebody who asks.

        Raises:
            ForbiddenError: the account is locked.
        """
        if account.locked_at is not None:
            raise ForbiddenError(
                "locked", Text("您的账号已停用，请联系本单位的管理员。", "Your account is locked; ask your owner.")
            )
        return actor_of(account, Visitor(), Way.WECOM)

    async def tie(self, corp: "WecomCorp", member: WecomMember, account_id: str, organisation_id: str) -> None:
        """Tie a member to an account that it has proved to own.

        Whoever runs an app can speak for its members; so only the centre's app may speak for people of other organisations.

        Raises:
            ConflictError: the account is of an organisation that this enterprise does not serve, or the member is tied to
                another one.
            MissingError: the account is gone.
            ForbiddenError: it is locked.
        """
        if corp.organisation_id not in {organisation_id, CENTRE_ID}:
            raise ConflictError(
                "other-organisation",
                Text(
                    "这个账号属于另一个单位，不能绑定到本企业的成员。",
                    "This account belongs to another organisation and cannot be tied to a member here.",
                ),
            )
        account = await self._desk.means.accounts.get(account_id)
        if account is None:
            raise MissingError
        actor = self.as_actor(account)  # nothing is erased for an account that nobody gets into
        before = await self.account(corp, member.user_id)
        if before is not None and before.id != account_id and not before.email:
            await self._desk.people.erase(before)  # it was made for who came by WeCom alone
        await self._desk.people.tie_wecom(actor, corp.id, member.user_id)
        if before is None or before.organisation_id != account.organisation_id:
            await self.change(member, destination_id="")
