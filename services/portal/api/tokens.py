"""Endpoints of API tokens."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.same_names import view_of
from services.portal.desk.actor import Permission

if TYPE_CHECKING:
    from services.portal.desk.tokens import Issued
    from shared.filing.api_tokens import ApiToken


class TokenView(msgspec.Struct, frozen=True, kw_only=True):
    """A token.

    Attributes:
        hint: its value's last letters.
        used_at: to the minute; ``null``: never.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    hint: str
    made_by: str
    created_at: datetime
    rotated_at: datetime | None
    expires_at: datetime | None
    used_at: datetime | None

    @classmethod
    def of(cls, token: "ApiToken") -> "TokenView":
        """Tell of a token."""
        return view_of(cls, token, made_by=token.account_id)


class TokenIssued(msgspec.Struct, frozen=True, kw_only=True):
    """A token with its value, which is shown this once."""

    id: str
    value: str
    token: TokenView

    @classmethod
    def of(cls, issued: "Issued") -> "TokenIssued":
        """Tell of a token that was just made."""
        return cls(id=issued.token.id, value=issued.value, token=TokenView.of(issued.token))


class TokensTold(msgspec.Struct, frozen=True, kw_only=True):
    """All tokens."""

    items: tuple[TokenView, ...]


class TokenDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token as it is asked for; ``days``: how long it is good, ``null``: until it is removed."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    scopes: Annotated[tuple[Permission, ...], Meta(min_length=1, max_length=20)]
    days: Annotated[int, Meta(ge=1, le=730)] | None = None


@endpoint("GET", "/tokens", needs=Permission.MANAGE_TOKENS)
async def list_tokens(ask: Ask) -> TokensTold:
    """Return the organisation's tokens, the newest first, without their values."""
    return TokensTold(items=tuple(map(TokenView.of, await ask.desk.tokens.of(ask.actor))))


@endpoint("POST", "/tokens", needs=Permission.MANAGE_TOKENS)
async def make_token(ask: Ask, body: TokenDraft) -> TokenIssued:
    """Make a token; it may no more than who makes it."""
    return TokenIssued.of(await ask.desk.tokens.issue(ask.actor, name=body.name, scopes=body.scopes, days=body.days))


@endpoint("POST", "/tokens/{token_id}/rotate", needs=Permission.MANAGE_TOKENS)
async def rotate_token(ask: Ask, token_id: str) -> TokenIssued:
    """Give a token a new value; the one before counts for a day more."""
    return TokenIssued.of(await ask.desk.tokens.rotate(ask.actor, token_id))


@endpoint("DELETE", "/tokens/{token_id}", needs=Permission.MANAGE_TOKENS)
async def remove_token(ask: Ask, token_id: str) -> None:
    """Let a token count no more, from now on."""
    await ask.desk.tokens.remove(ask.actor, token_id)
