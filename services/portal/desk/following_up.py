"""Notes on what an organisation was told of, and who looks after it."""

from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.refusals import (
    ConflictError,
    Fault,
    ForbiddenError,
    InvalidError,
    MissingError,
    StaleError,
    Text,
)
from shared.filing.follow_ups import FOLLOW_UPS, FollowUp, Note, follow_up_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.inbox import Inbox
    from services.portal.desk.people import People
    from shared.runtime.role import Surroundings

NOTE_CHARACTERS = 2_000
MOST_NOTES = 100
_TRIES = 5


class FollowingUp:
    """What members write on items of their inbox; everybody in the organisation reads it."""

    def __init__(self, around: "Surroundings", audit: "Audit", inbox: "Inbox", people: "People") -> None:
        self._shelf = around.store.shelf(FOLLOW_UPS)
        self._clock = around.clock
        self._audit = audit
        self._inbox = inbox
        self._people = people

    async def note(self, actor: "Actor", key: str, text: str) -> FollowUp:
        """Add a note.

        Raises:
            MissingError: the item was not told to the organisation.
            InvalidError: there is nothing in it, or too much.
            ConflictError: the item has as many notes as it may have.
        """
        actor.need(Permission.WRITE_FEEDBACK)
        await self._inbox.get(actor, key)
        said = text.replace("\r\n", "\n").strip()
        if not 1 <= len(said) <= NOTE_CHARACTERS:
            raise InvalidError(Fault("/text", _LENGTH))
        note = Note(id=actor.id_for("n"), account_id=actor.account_id, text=said, made_at=self._clock.now())

        def add(one: FollowUp) -> FollowUp:
            if any(there.id == note.id for there in one.notes):
                return one  # the request was asked before
            if len(one.notes) >= MOST_NOTES:
                raise ConflictError("too-many-notes", _TOO_MANY)
            return msgspec.structs.replace(one, notes=(*one.notes, note))

        changed = await self._changed(actor, key, add)
        await self._audit.record(actor, "note.made", changed.id)
        return changed

    async def remove_note(self, actor: "Actor", key: str, note_id: str) -> FollowUp:
        """Take a note back: its author may, and whoever manages the members.

        Raises:
            MissingError: there is no such note.
            ForbiddenError: it is somebody else's.
        """
        actor.need(Permission.WRITE_FEEDBACK)
        await self._inbox.get(actor, key)

        def drop(one: FollowUp) -> FollowUp:
            found = next((note for note in one.notes if note.id == note_id), None)
            if found is None:
                raise MissingError
            if found.account_id != actor.account_id and not actor.may(Permission.MANAGE_MEMBERS):
                raise ForbiddenError
            return msgspec.structs.replace(one, notes=tuple(note for note in one.notes if note.id != note_id))

        changed = await self._changed(actor, key, drop)
        await self._audit.record(actor, "note.removed", changed.id)
        return changed

    async def assign(self, actor: "Actor", key: str, account_id: str) -> FollowUp:
        """Say who looks after an item, ``""``: nobody.

        Raises:
            MissingError: the item was not told to the organisation, or it has no such member.
        """
        actor.need(Permission.WRITE_FEEDBACK)
        await self._inbox.get(actor, key)
        if account_id:
            await self._people.get(actor, account_id)
        changed = await self._changed(actor, key, lambda one: msgspec.structs.replace(one, assigned_to=account_id))
        await self._audit.record(actor, "match.assigned", changed.id, to=account_id)
        return changed

    async def _changed(self, actor: "Actor", key: str, change: "Callable[[FollowUp], FollowUp]") -> FollowUp:
        """Change what is there now; others may write at the same time."""
        identity = follow_up_id(actor.organisation_id, key)
        for _ in range(_TRIES):
            now, filed = self._clock.now(), await self._shelf.get(identity)
            before = (
                filed.document
                if filed
                else FollowUp(
                    id=identity, organisation_id=actor.organisation_id, publication_number=key, changed_at=now
                )
            )
            after = msgspec.structs.replace(change(before), changed_at=now)
            if filed is None:
                stored = await self._shelf.add([after])
            else:
                stored = await self._shelf.replace(after, revision=filed.revision) is not None
            if stored:
                return after
        raise StaleError


_LENGTH = Text(f"请写 1 到 {NOTE_CHARACTERS} 个字。", f"Write 1 to {NOTE_CHARACTERS} characters.")
_TOO_MANY = Text("备注太多了，请先删掉旧的。", "There are too many notes; remove old ones first.")
