"""What members say of publications that they were told of: relevant, or not."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.refusals import MissingError, StaleError
from shared.filing.marks import MARKS, Mark, Verdict, mark_id

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.matches import Matches
    from shared.runtime.role import Surroundings


class Marking:
    """The verdicts of an organisation's members; a member has one on each publication as each profile found it."""

    def __init__(self, around: "Surroundings", matches: "Matches") -> None:
        self._shelf = around.store.shelf(MARKS)
        self._clock = around.clock
        self._matches = matches

    async def mark(
        self, actor: "Actor", key: str, verdict: Verdict | None, *, profile_id: str | None = None
    ) -> list[Mark]:
        """Say it, or take it back.

        Args:
            actor: who says it.
            key: of the item that was told, see `shared.wire.identity.item_key`.
            verdict: ``None``: what was said before counts no more.
            profile_id: of the profile that is judged; ``None``: all of the organisation's that found it.

        Returns:
            What counts now of this member, for these profiles.

        Raises:
            MissingError: it was not told to the organisation, or not by this profile.
            StaleError: the member says something else of it at the same time.
        """
        actor.need(Permission.WRITE_FEEDBACK)
        alerts = await self._matches.of_publication(actor, key)
        found = sorted({why.profile_id for alert in alerts for why in alert.whys})
        judged = found if profile_id is None else [profile_id]
        if not set(judged) <= set(found):
            raise MissingError
        return [mark for one in judged if (mark := await self._set(actor, one, key, verdict)) is not None]

    async def _set(self, actor: "Actor", profile_id: str, key: str, verdict: Verdict | None) -> Mark | None:
        identity = mark_id(actor.organisation_id, profile_id, key, actor.account_id)
        before = await self._shelf.get(identity)
        if verdict is None:
            if before is not None:
                await self._shelf.remove(identity)
            return None
        mark = Mark(
            id=identity,
            organisation_id=actor.organisation_id,
            profile_id=profile_id,
            publication_number=key,
            verdict=verdict,
            account_id=actor.account_id,
            made_at=self._clock.now(),
        )
        stored = (
            await self._shelf.add([mark])
            if before is None
            else await self._shelf.replace(mark, revision=before.revision) is not None
        )
        if not stored:
            raise StaleError
        return mark
