"""The audit log: appended to, never changed, and whoever changes it nonetheless is found out.

Each entry of an organisation carries an HMAC over itself and the one before, with a key that does not lie in the database.
What tells of a person stands beside the chain, and only its digest in it: it can be erased, and the chain still holds.
"""

import hashlib
import hmac
import secrets as random_letters
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.belongings import walk
from shared.errors import RetryLaterError
from shared.filing.audit_entries import AUDIT_ENTRIES, KEPT, AuditEntry, Personal
from shared.filing.orders import by_number
from shared.store.filed import Position

if TYPE_CHECKING:
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from shared.runtime.role import Surroundings

TRIES = 100
"""How often somebody else may be quicker to append to the same organisation's log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """Who does something, where there is no `Actor`: somebody who joins, the operator at the command line."""

    organisation_id: str
    way: str
    account_id: str = ""
    address: str = ""


@dataclass(slots=True)
class AuditVerdict:
    """What is found of one organisation's log.

    Attributes:
        entries: how many there are.
        faults: what is wrong, for the operator, in Chinese; empty: nothing.
        head: ``number:digest`` of the last entry. Who writes it down elsewhere notices when the end is cut off.
    """

    entries: int = 0
    faults: list[str] = field(default_factory=list)
    head: str = ""


class Audit:
    """The log of all organisations."""

    def __init__(self, around: "Surroundings") -> None:
        self._store = around.store
        self._shelf = around.store.shelf(AUDIT_ENTRIES)
        self._clock = around.clock
        self._key = around.secrets.derive("audit")

    async def record(
        self, who: "Actor | Doer", action: str, thing: str = "", *, about: str = "", **details: str
    ) -> None:
        """Write down what was done, right after it was.

        Args:
            who: did it; it goes into the log of its organisation.
            action: a noun and what was done to it (``profile.replaced``).
            thing: id of what was changed.
            about: the person it was done to, as others may see it; can be erased.
            details: what else helps to understand it; no secrets, no personal data.

        Raises:
            RetryLaterError: the store does not take it.
        """
        personal = Personal(salt=random_letters.token_hex(16), who=about, address=who.address)
        for _ in range(TRIES):
            last = await self._last(who.organisation_id)
            number = last.number + 1 if last else 1
            bare = AuditEntry(
                id=f"{who.organisation_id}.{number}",
                organisation_id=who.organisation_id,
                number=number,
                at=self._clock.now(),
                account_id=who.account_id,
                way=str(who.way),
                action=action,
                thing=thing,
                details=details,
                personal=personal,
                personal_digest=self._mac(msgspec.json.encode(personal)),
                previous=last.digest if last else "",
                previous_at=last.at if last else None,
                digest="",
            )
            if await self._shelf.add([msgspec.structs.replace(bare, digest=self._digest(bare))]):
                return
        raise RetryLaterError("审计日志写入过于频繁，请稍后再试。")

    async def page(self, actor: "Actor", *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
        """Return entries of the actor's organisation, newest first, from before a number on.

        Raises:
            ForbiddenError: this role may not look.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        return await self.listed(actor.organisation_id, before=before, limit=limit)

    async def listed(self, organisation_id: str, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
        """Return entries of an organisation, newest first; for who may see all."""
        after = None if before is None else Position(by_number(before), f"{organisation_id}.{before}")
        filed = await self._shelf.page(organisation_id, after=after, limit=limit, newest_first=True)
        return [one.document for one in filed]

    async def verify(self, organisation_id: str, *, expect: str | None = None) -> AuditVerdict:
        """Check the whole log of an organisation.

        Args:
            organisation_id: whose.
            expect: a ``head`` that was written down earlier; that entry must still be there.
        """
        verdict = AuditVerdict()
        last: AuditEntry | None = None
        is_met = expect is None
        async for filed in walk(self._store, AUDIT_ENTRIES, organisation_id):
            entry: AuditEntry = filed.document
            verdict.faults += self._faults(entry, last)
            verdict.entries += 1
            verdict.head = f"{entry.number}:{entry.digest}"
            is_met = is_met or verdict.head == expect
            last = entry
        if not is_met:
            verdict.faults.append(f"记下的 {expect} 不在日志里：末尾被删除过，或整个日志被换掉了。")
        return verdict

    async def forget_person(self, organisation_id: str, account_id: str | None, *, shown_as: str = "") -> int:
        """Take out what tells of a member from what it did and what was done to it; return how many entries lost it.

        Args:
            organisation_id: whose log.
            account_id: of the member; ``None``: of everybody.
            shown_as: how others see it: by this it was invited, before it had an account.
        """
        forgotten = 0
        async for filed in walk(self._store, AUDIT_ENTRIES, organisation_id):
            entry: AuditEntry = filed.document
            if entry.personal is None:
                continue
            is_about = shown_as != "" and entry.personal.who == shown_as
            if account_id not in {None, entry.account_id, entry.thing} and not is_about:
                continue
            bare = msgspec.structs.replace(entry, personal=None)
            forgotten += await self._shelf.replace(bare, revision=filed.revision) is not None
        return forgotten

    async def _last(self, organisation_id: str) -> AuditEntry | None:
        found = await self._shelf.page(organisation_id, limit=1, newest_first=True)
        return found[0].document if found else None

    def _faults(self, entry: AuditEntry, last: AuditEntry | None) -> list[str]:
        faults = []
        if not hmac.compare_digest(entry.digest, self._digest(entry)):
            faults.append(f"第 {entry.number} 条被改过：内容与校验值不符。")
        if entry.personal and not hmac.compare_digest(
            entry.personal_digest, self._mac(msgspec.json.encode(entry.personal))
        ):
            faults.append(f"第 {entry.number} 条的来源地址或人名被改过。")
        if last is None:
            if entry.previous and not _is_over(entry.previous_at, self._clock.now()):
                faults.append(f"第 {entry.number} 条之前的记录不见了，而它们还没有到期。")
        elif entry.number != last.number + 1 or entry.previous != last.digest:
            faults.append(f"第 {last.number} 条与第 {entry.number} 条接不上：中间有记录被删除或替换。")
        return faults

    def _digest(self, entry: AuditEntry) -> str:
        return self._mac(msgspec.json.encode(msgspec.structs.replace(entry, personal=None, digest="")))

    def _mac(self, said: bytes) -> str:
        return hmac.digest(self._key, said, hashlib.sha256).hex()


def _is_over(moment: "datetime | None", now: "datetime") -> bool:
    return moment is not None and moment + KEPT <= now
