"""The audit log: who changed what, when and from where; each entry is chained to the one before it."""

from datetime import datetime, timedelta

import msgspec

from shared.filing.orders import by_number
from shared.store.filed import Kind

KEPT = timedelta(days=3 * 365)
"""How long an entry is kept; the Cybersecurity Law (art. 21) asks for at least six months."""


class Personal(msgspec.Struct, frozen=True, kw_only=True):
    """What of an entry tells of a person; it can be taken out without breaking the chain.

    Attributes:
        salt: random, so that the digest of what was taken out tells nothing.
        who: a name or masked address of the member.
        address: where the request came from.
    """

    salt: str
    who: str = ""
    address: str = ""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change.

    Attributes:
        number: 1 for the first of its organisation, one more for each that follows.
        account_id: who did it, ``""``: the operator at the command line or nobody who was signed in.
        way: by what (``session``, ``token``, ``wecom``, ``command-line``).
        action: a noun and what was done to it (``profile.replaced``).
        thing: id of what was changed.
        details: what else helps to understand it; no secrets, no personal data.
        personal: ``None`` once it was erased.
        personal_digest: of ``personal`` as it was written; in the chain instead of it.
        previous: ``digest`` of the entry before, ``""`` for the first.
        previous_at: when that was.
        digest: HMAC of everything here but ``personal`` itself.
    """

    id: str
    organisation_id: str
    number: int
    at: datetime
    account_id: str = ""
    way: str
    action: str
    thing: str = ""
    details: dict[str, str] = {}
    personal: Personal | None = None
    personal_digest: str
    previous: str
    previous_at: datetime | None
    digest: str


AUDIT_ENTRIES: Kind[AuditEntry] = Kind(
    name="audit_entries",
    title="操作记录",
    document=AuditEntry,
    owner=lambda entry: entry.organisation_id,
    order=lambda entry: by_number(entry.number),
    expires_at=lambda entry: entry.at + KEPT,
    sealed=True,
)
