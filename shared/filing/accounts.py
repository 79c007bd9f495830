"""Members: people with a role in one organisation."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A member of one organisation.

    Attributes:
        email: as it was given, ``""`` for somebody who comes by WeCom alone. Personal: never logged.
        email_key: keyed hash by which the account is found, ``None`` without an address.
        wecom_key: keyed hash of the enterprise and the user id in WeCom, ``None`` when it is not tied to one.
        name: for colleagues, ``""`` when none was given.
        role: one of the portal's roles.
        password_hash: argon2id with its parameters; ``None`` for somebody who signs in otherwise.
        language: ``zh`` or ``en``.
        epoch: one more each time all sessions and known devices are to be forgotten.
        locked_at: since when nobody gets in; ``None``: it is open.
    """

    id: str
    organisation_id: str
    email: str = ""
    email_key: str | None = None
    wecom_key: str | None = None
    name: str = ""
    role: str
    password_hash: str | None = None
    language: str = "zh"
    epoch: int = 1
    created_at: datetime
    locked_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Account(id={self.id!r}, organisation_id={self.organisation_id!r}, role={self.role!r})"

    @property
    def masked_email(self) -> str:
        """The address as others may see it (``w***@example.cn``)."""
        return mask_email(self.email)


def mask_email(email: str) -> str:
    """Return an address with all but the first letter of its name left out."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else ""


ACCOUNTS: Kind[Account] = Kind(
    name="accounts",
    title="成员",
    document=Account,
    owner=lambda account: account.organisation_id,
    lookups=lambda account: tuple(key for key in (account.email_key, account.wecom_key) if key),
    order=lambda account: by_moment(account.created_at),
    sealed=True,
)
