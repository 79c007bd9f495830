"""The members of an organisation: what they are, how they change it, how they leave."""

from typing import TYPE_CHECKING

from services.portal.desk.accounts import checked_email
from services.portal.desk.actor import Actor, Permission, Role
from services.portal.desk.audit import Doer
from services.portal.desk.belongings import OF_MEMBERS, remove_all
from services.portal.desk.joining import NAME_CHARACTERS, add_account
from services.portal.desk.owning import own
from services.portal.desk.refusals import ConflictError, Fault, InvalidError, MissingError, Text
from services.portal.desk.roles import chief_of, need_role_in
from shared.filing.accounts import Account
from shared.filing.api_tokens import API_TOKENS
from shared.filing.wecom_members import WECOM_MEMBERS
from shared.ids import fresh_id

if TYPE_CHECKING:
    from services.portal.desk.means import Means

LANGUAGES = ("zh", "en")


class People:
    """Members of all organisations; everybody sees and changes those of the own one."""

    def __init__(self, means: "Means") -> None:
        self._means = means

    async def me(self, actor: Actor) -> Account:
        """Return the member who asks."""
        account = await self._means.accounts.get(actor.account_id)
        if account is None:
            raise MissingError
        return account

    async def all(self, actor: Actor) -> list[Account]:
        """Return the organisation's members, oldest first."""
        actor.need(Permission.READ)
        return [filed.document async for filed in self._means.accounts.of(actor.organisation_id)]

    async def names(self, actor: Actor) -> dict[str, str]:
        """Return what the organisation's members are called among themselves, by account."""
        return {account.id: account.name or account.masked_email for account in await self.all(actor)}

    async def get(self, actor: Actor, account_id: str) -> Account:
        """Return a colleague.

        Raises:
            MissingError: there is none in this organisation.
        """
        actor.need(Permission.READ)
        return (await own(self._means.accounts.shelf, actor, account_id)).document

    async def edit_me(self, actor: Actor, *, name: str, language: str) -> Account:
        """Change what a member says of itself.

        Raises:
            InvalidError: name or language cannot be.
        """
        if len(name.strip()) > NAME_CHARACTERS or language not in LANGUAGES:
            raise InvalidError(
                Fault("/name", Text(f"姓名最多 {NAME_CHARACTERS} 字。", f"At most {NAME_CHARACTERS} characters."))
            )
        account = await self._means.accounts.change(actor.account_id, name=name.strip(), language=language)
        await self._means.audit.record(actor, "member.edited", account.id)
        return account

    async def change_role(self, actor: Actor, account_id: str, role: Role) -> Account:
        """Give a member another role.

        Raises:
            ForbiddenError: this role may not.
            MissingError: there is no such member.
            InvalidError: there is no such role here.
            ConflictError: nobody would be left who manages the organisation.
        """
        actor.need(Permission.MANAGE_MEMBERS)
        need_role_in(actor, role)
        account = await self.get(actor, account_id)
        if role != chief_of(actor.organisation_id):
            await self._need_another_chief(account)
        changed = await self._means.accounts.change(account_id, role=role)
        await self._means.audit.record(actor, "member.role-changed", account_id, before=account.role, after=role)
        return changed

    async def lock(self, actor: Actor, account_id: str, *, locked: bool) -> Account:
        """Let a member in no more, or again; all its sessions end.

        Raises:
            ForbiddenError: this role may not.
            MissingError: there is no such member.
            ConflictError: nobody would be left who manages the organisation.
        """
        actor.need(Permission.MANAGE_MEMBERS)
        account = await self.get(actor, account_id)
        if locked:
            await self._need_another_chief(account)
        return await self._set_lock(actor, account, locked=locked)

    async def lock_by_operator(self, account: Account, *, locked: bool) -> Account:
        """Do the same from the command line, to whomever."""
        doer = Doer(organisation_id=account.organisation_id, way="command-line")
        return await self._set_lock(doer, account, locked=locked)

    async def remove(self, actor: Actor, account_id: str) -> None:
        """Let a member go, and erase what is known of it; everybody may leave.

        What stays: what it made for the organisation, and in the audit log that an account of this id did so.

        Raises:
            ForbiddenError: this role may not remove others.
            MissingError: there is no such member.
            ConflictError: nobody would be left who manages the organisation.
        """
        account = await self.get(actor, account_id)
        if account_id != actor.account_id:
            actor.need(Permission.MANAGE_MEMBERS)
        await self._remove(actor, account)

    async def remove_by_operator(self, account: Account) -> None:
        """Do the same from the command line, for who asked the centre for it. Raises `ConflictError` as `remove`."""
        await self._remove(Doer(organisation_id=account.organisation_id, way="command-line"), account)

    async def move_by_operator(self, account: Account, email: str) -> Account:
        """Give a member another mail address, which the operator vouches for; all sessions end.

        Raises:
            InvalidError: it is none.
            ConflictError: it is somebody's already.
        """
        means, address = self._means, checked_email(email)
        if await means.accounts.by_email(address) is not None:
            raise ConflictError(
                "has-account", Text("这个邮箱已有账号，请换一个。", "This address has an account; take another one.")
            )
        key = means.accounts.lookups.email(address)
        moved = await means.accounts.end_everywhere(account, email=address, email_key=key)
        doer = Doer(organisation_id=account.organisation_id, way="command-line")
        await means.audit.record(doer, "member.moved", account.id, about=moved.masked_email)
        return moved

    async def erase(self, account: Account) -> None:
        """Forget a member; the caller has seen to it that this is right. Doing it again changes nothing."""
        means = self._means
        tokens = means.around.store.shelf(API_TOKENS)
        for filed in await tokens.page(account.organisation_id, limit=1000):
            if filed.document.account_id == account.id:
                await tokens.remove(filed.document.id)
        for belonging in OF_MEMBERS.under:
            await remove_all(means.around.store, belonging, account.id)
        if account.wecom_key:
            await means.around.store.shelf(WECOM_MEMBERS).remove(account.wecom_key)
        await means.consents.end(account.id)
        await means.audit.forget_person(account.organisation_id, account.id, shown_as=account.masked_email)
        await means.accounts.shelf.remove(account.id)

    async def tie_wecom(self, actor: Actor, corp_id: str, user_id: str) -> Account:
        """Tie the member who asks to one of an enterprise in WeCom, as WeCom itself has just said who it is.

        Raises:
            ConflictError: that one is tied to another account.
        """
        means = self._means
        key = means.accounts.lookups.wecom(corp_id, user_id)
        found = await means.accounts.by_wecom(corp_id, user_id)
        if found is not None and found.id != actor.account_id:
            raise ConflictError(
                "tied-already",
                Text("这个企业微信成员已绑定别的账号。", "This member of WeCom is tied to another account."),
            )
        account = await means.accounts.change(actor.account_id, wecom_key=key)
        await means.audit.record(actor, "member.tied-to-wecom", account.id)
        return account

    async def add(
        self,
        organisation_id: str,
        role: Role,
        *,
        way: str,
        email: str = "",
        wecom: tuple[str, str] | None = None,
        name: str = "",
        password: str | None = None,
    ) -> Account:
        """Make a member whom somebody trustworthy vouches for: the operator at the command line, or WeCom.

        Args:
            organisation_id: of an organisation that there is.
            role: one of its roles.
            way: who vouches (``command-line``, ``wecom``), for the audit log.
            email: ``""`` for who comes by WeCom alone.
            wecom: enterprise and user id, ``None`` for who comes by mail.
            name: for colleagues.
            password: ``None``: mailed codes or WeCom.

        Raises:
            ConflictError: the address or the member in WeCom has an account.
            InvalidError: the address is none.
        """
        means = self._means
        address = checked_email(email) if email else ""
        account = Account(
            id=fresh_id("a"),
            organisation_id=organisation_id,
            email=address,
            email_key=means.accounts.lookups.email(address) if address else None,
            wecom_key=means.accounts.lookups.wecom(*wecom) if wecom else None,
            name=name.strip()[:NAME_CHARACTERS],
            role=role,
            password_hash=await means.passwords.hashed(password) if password else None,
            created_at=means.around.clock.now(),
        )
        await add_account(means, account)
        doer = Doer(organisation_id=organisation_id, way=way, account_id=account.id if wecom else "")
        await means.audit.record(doer, "member.joined", account.id, role=role)
        return account

    async def _remove(self, who: Actor | Doer, account: Account) -> None:
        await self._need_another_chief(account)
        await self._means.audit.record(who, "member.removed", account.id)
        await self.erase(account)

    async def _set_lock(self, who: Actor | Doer, account: Account, *, locked: bool) -> Account:
        locked_at = self._means.around.clock.now() if locked else None
        changed = await self._means.accounts.end_everywhere(account, locked_at=locked_at)
        await self._means.audit.record(who, "member.locked" if locked else "member.unlocked", account.id)
        return changed

    async def _need_another_chief(self, account: Account) -> None:
        chief = chief_of(account.organisation_id)
        if account.role != chief:
            return
        async for filed in self._means.accounts.of(account.organisation_id):
            other = filed.document
            if other.id != account.id and other.role == chief and other.locked_at is None:
                return
        raise ConflictError(
            "last-owner",
            Text(
                "这是最后一位管理员，请先让另一位成员成为管理员。",
                "This is the last one who manages the organisation; make somebody else owner first.",
            ),
        )
