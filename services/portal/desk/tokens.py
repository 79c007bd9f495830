"""API tokens: what programs show. The value is told once; what is kept is its hash."""

import secrets as random_letters
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Actor, Permission, Role, Way
from services.portal.desk.limits import Limit
from services.portal.desk.owning import own
from services.portal.desk.refusals import Fault, InvalidError, StaleError, Text
from shared.filing.api_tokens import API_TOKENS, ApiToken
from shared.ids import fresh_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.portal.desk.accounts import Accounts
    from services.portal.desk.audit import Audit
    from services.portal.desk.visitor import Visitor
    from shared.runtime.role import Surroundings

PREFIX = "zhitui_"
"""Of every value, so that scanners for secrets know one when they see it."""

TOKEN_BYTES = 32
HINT_LETTERS = 4
OLD_LIVES_ON = timedelta(hours=24)
USED_EVERY = timedelta(minutes=1)
MOST = 50
MOST_DAYS = 730
NAME_CHARACTERS = 80
LIMIT = Limit(
    most=MOST,
    code="too-many-tokens",
    text=Text(f"最多 {MOST} 个令牌，请先删掉不用的。", f"At most {MOST} tokens; remove those that nobody uses."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A token with its value, which nobody can be told again."""

    token: ApiToken
    value: str

    def __repr__(self) -> str:
        return f"Issued({self.token.id!r})"


class Tokens:
    """Tokens of all organisations."""

    def __init__(self, around: "Surroundings", accounts: "Accounts", audit: "Audit") -> None:
        self._shelf = around.store.shelf(API_TOKENS)
        self._clock = around.clock
        self._accounts = accounts
        self._audit = audit

    async def issue(
        self, actor: Actor, *, name: str, scopes: "Sequence[Permission]", days: int | None = None
    ) -> Issued:
        """Make a token.

        Args:
            actor: makes it, and must be allowed whatever it is to be allowed.
            name: for people, 1 to 80 characters.
            scopes: what it may, at least one.
            days: how long it is good for, 1 to 730; ``None``: until it is removed.

        Raises:
            ForbiddenError: this member may not make tokens, or not with these scopes.
            InvalidError: name, scopes or days cannot be.
            ConflictError: the organisation has as many as it may have.
        """
        actor.need(Permission.MANAGE_TOKENS)
        for scope in scopes:
            actor.need(scope)
        _check(name, scopes, days)
        now = self._clock.now()
        value = _fresh_value()
        token = ApiToken(
            id=fresh_id("t"),
            organisation_id=actor.organisation_id,
            account_id=actor.account_id,
            name=name.strip(),
            scopes=tuple(sorted({scope.value for scope in scopes})),
            hint=value[-HINT_LETTERS:],
            token_key=self._key(value),
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        await LIMIT.add(self._shelf, token)
        await self._audit.record(actor, "token.issued", token.id, name=token.name, scopes=" ".join(token.scopes))
        return Issued(token=token, value=value)

    async def of(self, actor: Actor) -> list[ApiToken]:
        """Return the organisation's tokens, newest first."""
        actor.need(Permission.MANAGE_TOKENS)
        filed = await self._shelf.page(actor.organisation_id, limit=MOST, newest_first=True)
        return [one.document for one in filed]

    async def rotate(self, actor: Actor, token_id: str) -> Issued:
        """Give a token a new value; the old one counts for `OLD_LIVES_ON` more, so that programs can be told in turn.

        Raises:
            MissingError: there is none.
            StaleError: somebody else rotates it just now.
        """
        actor.need(Permission.MANAGE_TOKENS)
        filed = await own(self._shelf, actor, token_id)
        now, value = self._clock.now(), _fresh_value()
        token = msgspec.structs.replace(
            filed.document,
            token_key=self._key(value),
            hint=value[-HINT_LETTERS:],
            old_token_key=filed.document.token_key,
            old_until=now + OLD_LIVES_ON,
            rotated_at=now,
        )
        if await self._shelf.replace(token, revision=filed.revision) is None:
            raise StaleError
        await self._audit.record(actor, "token.rotated", token_id, name=token.name)
        return Issued(token=token, value=value)

    async def remove(self, actor: Actor, token_id: str) -> None:
        """Let a token count no more, from now on.

        Raises:
            MissingError: there is none.
        """
        actor.need(Permission.MANAGE_TOKENS)
        filed = await own(self._shelf, actor, token_id)
        await self._shelf.remove(token_id)
        await self._audit.record(actor, "token.removed", token_id, name=filed.document.name)

    async def actor(self, value: str, visitor: "Visitor") -> "tuple[Actor, ApiToken] | None":
        """Return whom a value speaks for, ``None`` when it is nobody's or no longer.

        It may what its scopes say, and of that only what its maker may today.
        """
        key = self._key(value)
        filed = await self._shelf.find(key)
        if filed is None:
            return None
        token, now = filed.document, self._clock.now()
        if key != token.token_key and (token.old_until is None or token.old_until <= now):
            return None
        account = await self._accounts.get(token.account_id)
        if account is None or account.locked_at or account.organisation_id != token.organisation_id:
            return None
        if token.used_at is None or now - token.used_at >= USED_EVERY:
            await self._note_use(token, filed.revision, now)
        actor = Actor(
            account_id=account.id,
            organisation_id=token.organisation_id,
            role=Role(account.role),
            way=Way.TOKEN,
            scopes=frozenset(Permission(scope) for scope in token.scopes if scope in set(Permission)),
            address=visitor.address,
            language=visitor.language,
        )
        return actor, token

    async def _note_use(self, token: ApiToken, revision: int, now: "datetime") -> None:
        if token.old_until is not None and token.old_until <= now:
            token = msgspec.structs.replace(token, old_token_key=None, old_until=None)
        await self._shelf.replace(msgspec.structs.replace(token, used_at=now), revision=revision)

    def _key(self, value: str) -> str:
        return self._accounts.lookups.secret("token", value)


def _fresh_value() -> str:
    return PREFIX + random_letters.token_urlsafe(TOKEN_BYTES)


def _check(name: str, scopes: "Sequence[Permission]", days: int | None) -> None:
    faults = []
    if not 1 <= len(name.strip()) <= NAME_CHARACTERS:
        faults.append(
            Fault(
                "/name",
                Text(f"名称要 1 到 {NAME_CHARACTERS} 个字符。", f"A name has 1 to {NAME_CHARACTERS} characters."),
            )
        )
    if not scopes:
        faults.append(Fault("/scopes", Text("至少选一项权限。", "Choose at least one scope.")))
    if days is not None and not 1 <= days <= MOST_DAYS:
        faults.append(Fault("/days", Text(f"有效期 1 到 {MOST_DAYS} 天。", f"Good for 1 to {MOST_DAYS} days.")))
    if faults:
        raise InvalidError(*faults)
