"""Where members are signed in: a random token in a cookie, its hash in the store."""

import secrets as random_letters
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.accounts import actor_of
from services.portal.desk.actor import Permission, Role, Way
from services.portal.desk.refusals import MissingError
from shared.filing.sessions import SESSIONS, Session
from shared.ids import fresh_id

if TYPE_CHECKING:
    from services.portal.desk.accounts import Accounts
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.visitor import Visitor
    from shared.filing.accounts import Account
    from shared.runtime.role import Surroundings

TOKEN_BYTES = 32

IDLE, AT_MOST = timedelta(days=14), timedelta(days=90)
"""A session ends when it is not used so long, and in any case."""

CENTRE_IDLE, CENTRE_AT_MOST = timedelta(hours=12), timedelta(days=7)
"""The same for people of the centre, who can do more harm."""

SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was last used; each time is a write."""

MOST = 50
"""Sessions a member may have; the oldest one makes room."""

_LONG = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session as its owner holds it.

    Attributes:
        token: for the cookie; told only when the session is opened.
    """

    session: Session
    token: str

    def __repr__(self) -> str:
        return f"Opened({self.session!r})"


class Sessions:
    """Sessions of all members."""

    def __init__(self, around: "Surroundings", accounts: "Accounts", audit: "Audit") -> None:
        self._shelf = around.store.shelf(SESSIONS)
        self._clock = around.clock
        self._accounts = accounts
        self._audit = audit

    async def open(self, account: "Account", visitor: "Visitor", *, by: str) -> Opened:
        """Begin a session of a member who has just proved to be the one; its token was never anybody's before.

        Args:
            account: whose.
            visitor: where from.
            by: how it was proved (``password``, ``code``, ``wecom``, ``sign-up``, ``invitation``).
        """
        now = self._clock.now()
        idle, most = _spans(account)
        token = random_letters.token_urlsafe(TOKEN_BYTES)
        session = Session(
            id=fresh_id("s"),
            token_key=self._key(token),
            account_id=account.id,
            organisation_id=account.organisation_id,
            epoch=account.epoch,
            created_at=now,
            seen_at=now,
            expires_at=now + idle,
            ends_at=now + most,
            address=visitor.address,
            device=visitor.device[:_LONG],
        )
        held = await self._shelf.page(account.id, limit=MOST, newest_first=True)
        if len(held) == MOST:
            await self._shelf.remove(held[-1].document.id)
        await self._shelf.add([session])
        await self._audit.record(actor_of(account, visitor, Way.SESSION), "session.opened", session.id, by=by)
        return Opened(session=session, token=token)

    async def actor(self, token: str, visitor: "Visitor") -> "tuple[Actor, Session] | None":
        """Return who holds a token, ``None`` when it is nobody's or no longer."""
        filed = await self._shelf.find(self._key(token))
        if filed is None:
            return None
        session = filed.document
        account = await self._accounts.get(session.account_id)
        now = self._clock.now()
        if account is None or account.locked_at or account.epoch != session.epoch or session.ends_at <= now:
            await self._shelf.remove(session.id)
            return None
        if now - session.seen_at >= SEEN_EVERY:
            idle, _ = _spans(account)
            session = msgspec.structs.replace(
                session,
                seen_at=now,
                expires_at=min(now + idle, session.ends_at),
                address=visitor.address,
                device=visitor.device[:_LONG],
            )
            await self._shelf.replace(session, revision=filed.revision)  # who was quicker wrote the same
        return actor_of(account, visitor, Way.SESSION), session

    async def close(self, actor: "Actor", token: str) -> None:
        """Sign out."""
        filed = await self._shelf.find(self._key(token))
        if filed is not None and filed.document.account_id == actor.account_id:
            await self._shelf.remove(filed.document.id)
            await self._audit.record(actor, "session.closed", filed.document.id)

    async def of(self, actor: "Actor") -> list[Session]:
        """Return where the member is signed in, newest first."""
        actor.need(Permission.READ)
        filed = await self._shelf.page(actor.account_id, limit=MOST, newest_first=True)
        account = await self._accounts.get(actor.account_id)
        return [one.document for one in filed if account and one.document.epoch == account.epoch]

    async def close_one(self, actor: "Actor", session_id: str) -> None:
        """End one of the member's own sessions.

        Raises:
            MissingError: there is none, or it is somebody else's.
        """
        filed = await self._shelf.get(session_id)
        if filed is None or filed.document.account_id != actor.account_id or actor.way is not Way.SESSION:
            raise MissingError
        await self._shelf.remove(session_id)
        await self._audit.record(actor, "session.closed", session_id)

    def _key(self, token: str) -> str:
        return self._accounts.lookups.secret("session", token)


def _spans(account: "Account") -> tuple[timedelta, timedelta]:
    if account.role in {Role.OPERATOR, Role.CURATOR}:
        return CENTRE_IDLE, CENTRE_AT_MOST
    return IDLE, AT_MOST
