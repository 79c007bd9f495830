"""How an organisation is erased (PIPL art. 47). A member is erased by `services.portal.desk.people.People.remove`."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Actor, Permission, Role, Way
from services.portal.desk.audit import Doer
from services.portal.desk.belongings import DOORS, OF_MEMBERS, OF_ORGANISATIONS, remove_all, walk
from services.portal.desk.refusals import ConflictError, Fault, ForbiddenError, InvalidError, MissingError, Text
from shared.filing.changing import with_fields
from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.organisations import CENTRE_ID, Organisation
from shared.filing.profile_cards import PROFILE_CARDS
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS

if TYPE_CHECKING:
    from services.portal.desk.destinations import Destinations
    from services.portal.desk.means import Means
    from services.portal.desk.people import People
    from services.portal.desk.profiles import Profiles
    from services.portal.desk.subscriptions import Subscriptions
    from shared.store.filed import Filed

ERASED = "（已注销）"


class ErasingData:
    """Erases organisations, in steps that can each be done again: after a crash it goes on where it was."""

    def __init__(
        self,
        means: "Means",
        people: "People",
        *,
        profiles: "Profiles",
        destinations: "Destinations",
        subscriptions: "Subscriptions",
    ) -> None:
        self._means = means
        self._store = means.around.store
        self._people = people
        self._profiles = profiles
        self._destinations = destinations
        self._subscriptions = subscriptions

    async def organisation(self, actor: Actor, *, name: str) -> None:
        """Erase the organisation of who asks, with all its members.

        Args:
            actor: who asks, in the console: no program may.
            name: the organisation's, typed by hand: this cannot be undone.

        Raises:
            ForbiddenError: this role may not, or a program asks.
            ConflictError: it is the centre, which runs this installation.
            InvalidError: the name is another.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        if actor.way is not Way.SESSION:
            raise ForbiddenError
        _refuse_centre(actor.organisation_id)
        filed = await self._means.organisations.mine(actor)
        if name.strip() != filed.document.name:
            raise InvalidError(
                Fault(
                    "/name", Text("请照样填写本单位的名称，以确认注销。", "Type your organisation's name to confirm.")
                )
            )
        await self._close(filed)

    async def by_operator(self, organisation_id: str) -> None:
        """Erase an organisation that asked the centre for it, from the command line.

        Raises:
            MissingError: there is none.
            ConflictError: it is the centre.
        """
        filed = await self._means.organisations.shelf.get(organisation_id)
        if filed is None:
            raise MissingError
        _refuse_centre(organisation_id)
        await self._close(filed)

    async def finish(self, organisation: Organisation) -> None:
        """Do what is left to do of an organisation that asked to be erased (``closing_at``)."""
        # The doors first: somebody may come in by one of them until then.
        for belonging in DOORS:
            await remove_all(self._store, belonging, organisation.id)
        actor = Actor(
            account_id="", organisation_id=organisation.id, role=Role.OWNER, way=Way.SESSION
        )  # nobody: who asked is erased on the way
        async for member in walk(self._store, OF_MEMBERS.kind, organisation.id):
            if member.document.locked_at is None:
                locked_at = self._means.around.clock.now()
                await self._means.accounts.end_everywhere(member.document, locked_at=locked_at)
        await self._remove_things(actor)
        async for member in walk(self._store, OF_MEMBERS.kind, organisation.id):
            await self._people.erase(member.document)
        for belonging in OF_ORGANISATIONS:
            if not belonging.stays:
                await remove_all(self._store, belonging, organisation.id)
        doer = Doer(organisation_id=organisation.id, way="erasure")
        await self._means.audit.record(doer, "organisation.erased", organisation.id)
        await self._means.audit.forget_person(organisation.id, None)
        await self._end(organisation.id)

    async def _close(self, filed: "Filed[Organisation]") -> None:
        closing_at = self._means.around.clock.now()
        closing = await with_fields(self._means.organisations.shelf, filed.document.id, closing_at=closing_at)
        if closing is None:
            raise MissingError
        await self.finish(closing.document)

    async def _remove_things(self, actor: Actor) -> None:
        async for card in walk(self._store, SUBSCRIPTION_CARDS, actor.organisation_id):
            await self._subscriptions.remove(actor, card.document.id)
        async for card in walk(self._store, DESTINATION_CARDS, actor.organisation_id):
            await self._destinations.remove(actor, card.document.id)
        async for card in walk(self._store, PROFILE_CARDS, actor.organisation_id):
            await self._profiles.remove(actor, card.document.id)

    async def _end(self, organisation_id: str) -> None:
        now = self._means.around.clock.now()
        bare: dict[str, object] = {"name": ERASED, "region": "", "applicants": (), "erased_at": now}
        await with_fields(self._means.organisations.shelf, organisation_id, **bare)


def _refuse_centre(organisation_id: str) -> None:
    if organisation_id == CENTRE_ID:
        raise ConflictError("is-centre", Text("信息中心本身不能注销。", "The centre itself cannot be erased."))
