"""From "not relevant" to a better profile: what a change would have kept away is shown before anybody applies it."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.advising import advice_of
from services.portal.desk.refusals import StaleError
from shared.filing.marks import MARKS, Verdict
from shared.store.filed import Position
from shared.wire.identity import number_of
from shared.wire.profile import Profile

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.profiles import OwnProfile, Profiles
    from shared.advice import Tightening
    from shared.runtime.role import Surroundings

MOST_MARKS = 2_000
"""The newest of an organisation that are looked at."""

MOST_JUDGED = 200
MOST_PROPOSALS = 5
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change; ``digest`` names exactly this content, so that what was shown is what is applied."""

    digest: str
    change: "Tightening"


@dataclass(frozen=True, slots=True)
class Proposals:
    """What can be done about a profile that brings what nobody wants; the best first, also none."""

    own: "OwnProfile"
    items: tuple[Proposal, ...]


class Tightenings:
    """Proposes and applies changes of profiles by what members judged."""

    def __init__(self, around: "Surroundings", profiles: "Profiles") -> None:
        self._around = around
        self._profiles = profiles
        self._marks = around.store.shelf(MARKS)

    async def proposals(self, actor: "Actor", profile_id: str) -> Proposals:
        """Return changes of a profile, with what each would have kept away.

        Raises:
            MissingError: there is no such profile, or it is another organisation's.
            RetryLaterError: stored publications are still being read in.
        """
        own = await self._profiles.get(actor, profile_id)
        judged = await self._judged(actor, profile_id)
        irrelevant = [number for number, verdict in judged.items() if verdict is Verdict.IRRELEVANT]
        relevant = [number for number, verdict in judged.items() if verdict is Verdict.RELEVANT]
        if not irrelevant:
            return Proposals(own, ())
        found = await advice_of(self._around).tighten(
            own.profile, irrelevant=irrelevant[:MOST_JUDGED], relevant=relevant[:MOST_JUDGED]
        )
        return Proposals(own, tuple(Proposal(_digest(one), one) for one in found[:MOST_PROPOSALS]))

    async def apply(self, actor: "Actor", profile_id: str, digest: str, *, revision: int) -> "OwnProfile":
        """Change a profile as one of the proposals says.

        Raises:
            MissingError: there is no such profile, or it is another organisation's.
            StaleError: the profile or the verdicts changed, and this is proposed no more.
        """
        actor.need(Permission.WRITE_PROFILES)
        offered = await self.proposals(actor, profile_id)
        chosen = next((one for one in offered.items if one.digest == digest), None)
        if chosen is None:
            raise StaleError
        profile = msgspec.json.decode(chosen.change.profile, type=Profile)
        return await self._profiles.replace(actor, profile_id, profile, revision=revision)

    async def _judged(self, actor: "Actor", profile_id: str) -> dict[str, Verdict]:
        """Return the last word on each publication that a profile found, the newest first."""
        found: dict[str, Verdict] = {}
        after: Position | None = None
        for _ in range(MOST_MARKS // _PAGE):
            page = await self._marks.page(actor.organisation_id, after=after, limit=_PAGE, newest_first=True)
            for filed in page:
                if filed.document.profile_id == profile_id:
                    found.setdefault(number_of(filed.document.publication_number), filed.document.verdict)
            if len(page) < _PAGE:
                break
            after = Position(MARKS.order(page[-1].document), page[-1].document.id)
        return found


def _digest(change: "Tightening") -> str:
    return hashlib.sha256(change.profile).hexdigest()
