"""How members are found and changed; what may be done with them says `services.portal.desk.people`."""

from typing import TYPE_CHECKING

import msgspec
from email_validator import EmailNotValidError, validate_email

from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.belongings import walk
from services.portal.desk.refusals import Fault, InvalidError, MissingError, Text
from shared.filing.accounts import ACCOUNTS, Account
from shared.filing.changing import changed, with_fields
from shared.filing.lookups import Lookups

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.portal.desk.visitor import Visitor
    from shared.runtime.role import Surroundings
    from shared.store.filed import Filed

_NO_EMAIL = Text("请填写邮箱地址，例如 name@example.cn。", "Give a mail address, such as name@example.cn.")


class Accounts:
    """All members of all organisations."""

    def __init__(self, around: "Surroundings") -> None:
        self._store = around.store
        self.shelf = around.store.shelf(ACCOUNTS)
        self.lookups = Lookups(around.secrets)

    async def get(self, account_id: str) -> "Account | None":
        """Return one."""
        filed = await self.shelf.get(account_id)
        return filed.document if filed else None

    async def by_email(self, email: str) -> "Account | None":
        """Return the one with this mail address."""
        filed = await self.shelf.find(self.lookups.email(email))
        return filed.document if filed else None

    async def by_wecom(self, corp_id: str, user_id: str) -> "Account | None":
        """Return the one that is tied to this member of an enterprise in WeCom."""
        filed = await self.shelf.find(self.lookups.wecom(corp_id, user_id))
        return filed.document if filed else None

    async def of(self, organisation_id: str) -> "AsyncIterator[Filed[Account]]":
        """Walk over an organisation's members, oldest first."""
        async for filed in walk(self._store, ACCOUNTS, organisation_id):
            yield filed

    async def change(self, account_id: str, **fields: object) -> Account:
        """Set fields of one, whoever else changes it at the same time.

        Raises:
            MissingError: there is none.
            RetryLaterError: others change it all the time.
        """
        return _there(await with_fields(self.shelf, account_id, **fields))

    async def rehash(self, account: Account, password_hash: str) -> Account:
        """Keep the same password in another form, unless it is another one by now. Raises as `change`."""

        def renew(now: Account) -> Account:
            is_same = now.password_hash == account.password_hash
            return msgspec.structs.replace(now, password_hash=password_hash) if is_same else now

        return _there(await changed(self.shelf, account.id, renew))

    async def end_everywhere(self, account: Account, **fields: object) -> Account:
        """End all sessions of a member and forget its known devices; set fields in the same step. Raises as `change`."""

        def end(now: Account) -> Account:
            return msgspec.structs.replace(now, epoch=now.epoch + 1, **fields)

        return _there(await changed(self.shelf, account.id, end))


def _there(filed: "Filed[Account] | None") -> Account:
    if filed is None:
        raise MissingError
    return filed.document


def actor_of(account: Account, visitor: "Visitor", way: Way) -> Actor:
    """Return a member as somebody who asks."""
    return Actor(
        account_id=account.id,
        organisation_id=account.organisation_id,
        role=Role(account.role),
        way=way,
        address=visitor.address,
        language=account.language,
    )


def checked_email(text: str, *, pointer: str = "/email") -> str:
    """Return a mail address in its normal form.

    Raises:
        InvalidError: it is none.
    """
    try:
        checked = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidError(Fault(pointer, _NO_EMAIL)) from None
    return f"{checked.local_part}@{checked.ascii_domain}"
