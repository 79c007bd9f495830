"""Codes by which somebody ties a WeCom account to the one of the portal."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class WecomBinding(msgspec.Struct, frozen=True, kw_only=True):
    """One code: good once, for a few minutes, for one account.

    Attributes:
        id: a keyed hash of the code, as `shared.filing.lookups.Lookups.secret` makes it.
    """

    id: str
    account_id: str
    organisation_id: str
    created_at: datetime
    expires_at: datetime


WECOM_BINDINGS: Kind[WecomBinding] = Kind(
    name="wecom_bindings",
    title="企业微信绑定码",
    document=WecomBinding,
    owner=lambda binding: binding.account_id,
    order=lambda binding: by_moment(binding.created_at),
    expires_at=lambda binding: binding.expires_at,
)
