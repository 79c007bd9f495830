"""What programs show instead of signing in."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token of one organisation, made by one of its members; its value is kept nowhere.

    Attributes:
        name: for people.
        scopes: what it may at most, of `services.portal.desk.actor.Permission`; what its maker may no longer, it may not either.
        hint: the value's last letters, to tell tokens apart.
        token_key: hash of the value.
        old_token_key: hash of the value before the last rotation.
        old_until: until when that still counts.
        expires_at: ``None``: until it is removed.
        used_at: to the minute.
    """

    id: str
    organisation_id: str
    account_id: str
    name: str
    scopes: tuple[str, ...]
    hint: str
    token_key: str
    old_token_key: str | None = None
    old_until: datetime | None = None
    created_at: datetime
    rotated_at: datetime | None = None
    expires_at: datetime | None = None
    used_at: datetime | None = None


API_TOKENS: Kind[ApiToken] = Kind(
    name="api_tokens",
    title="接口令牌",
    document=ApiToken,
    owner=lambda token: token.organisation_id,
    lookups=lambda token: tuple(key for key in (token.token_key, token.old_token_key) if key),
    order=lambda token: by_moment(token.created_at),
    expires_at=lambda token: token.expires_at,
)
