"""Subscriptions of an organisation: which of its profiles are told to which of its destinations, and when."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.cards import made_before
from services.portal.desk.drafts import refuse_bad_name
from services.portal.desk.refusals import Fault, InvalidError, MissingError, StaleError, Text
from shared.errors import InvalidInputError
from shared.schedule import parse_quiet, parse_schedule
from shared.wire.subscription import Subscription
from shared.wording.happenings import check_events

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.cards import Slice
    from services.portal.desk.drafts import SubscriptionDraft
    from services.portal.desk.holdings import Holdings
    from shared.filing.subscription_cards import SubscriptionCard
    from shared.runtime.role import Surroundings
    from shared.store.filed import Position


@dataclass(frozen=True, slots=True)
class OwnSubscription:
    """A subscription with its card; ``revision`` is the card's."""

    subscription: Subscription
    card: "SubscriptionCard"
    revision: int


class Subscriptions:
    """What can be done with an organisation's subscriptions."""

    def __init__(self, around: "Surroundings", audit: "Audit", holdings: "Holdings") -> None:
        self._stored = around.store.subscriptions
        self._clock = around.clock
        self._audit = audit
        self._holdings = holdings
        self._cards = holdings.subscriptions

    async def make(self, actor: "Actor", draft: "SubscriptionDraft") -> OwnSubscription:
        """Make a subscription.

        Raises:
            InvalidError: a part of it is wrong, or names what the organisation has not.
            ConflictError: the organisation has as many as it may have.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        made_id = actor.id_for("sb")
        if known := await made_before(actor, made_id, self._whole):
            return known
        await self._refuse_wrong(actor, draft)
        bare = Subscription(
            id=made_id,
            profiles=draft.profiles,
            destinations=draft.destinations,
            created_at=self._clock.now(),
        )
        subscription = _subscription(draft, bare)
        async with self._cards.filing(actor, bare.id, draft.name, undo=lambda: self._stored.remove(bare.id)) as filed:
            await self._stored.put(subscription)
        await self._audit.record(actor, "subscription.made", bare.id)
        return OwnSubscription(subscription, filed.document, filed.revision)

    async def get(self, actor: "Actor", subscription_id: str) -> OwnSubscription:
        """Return one.

        Raises:
            MissingError: there is none, or it is another organisation's.
        """
        actor.need(Permission.READ)
        return await self._whole(actor, subscription_id)

    async def _whole(self, actor: "Actor", subscription_id: str) -> OwnSubscription:
        filed = await self._cards.own(actor, subscription_id)
        subscription = await self._stored.get(subscription_id)
        if subscription is None:
            raise MissingError
        return OwnSubscription(subscription, filed.document, filed.revision)

    async def page(
        self, actor: "Actor", *, after: "Position | None" = None, limit: int = 50
    ) -> "Slice[OwnSubscription]":
        """Return the organisation's, the oldest first."""
        actor.need(Permission.READ)
        cards = await self._cards.page(actor, after=after, limit=limit)
        found = await self._stored.many([filed.document.id for filed in cards.items])
        return self._cards.with_things(cards, found, OwnSubscription)

    async def replace(
        self, actor: "Actor", subscription_id: str, draft: "SubscriptionDraft", *, revision: int
    ) -> OwnSubscription:
        """Change one that is still at this revision; who opted out, and whether it is paused, stays.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: somebody else changed it meanwhile.
            InvalidError: as `make`.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        before = await self.get(actor, subscription_id)
        if before.revision != revision:
            raise StaleError
        await self._refuse_wrong(actor, draft)
        changed = await self._changed(actor, before, _subscription(draft, before.subscription), name=draft.name)
        await self._audit.record(actor, "subscription.replaced", subscription_id)
        return changed

    async def pause(self, actor: "Actor", subscription_id: str, *, paused: bool) -> OwnSubscription:
        """Let what comes wait, or go on; saying it twice changes nothing.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: somebody else is changing it.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        before = await self.get(actor, subscription_id)
        if before.subscription.paused is paused:
            return before
        after = msgspec.structs.replace(before.subscription, paused=paused)
        changed = await self._changed(actor, before, after, name=before.card.name)
        await self._audit.record(actor, "subscription.paused" if paused else "subscription.resumed", subscription_id)
        return changed

    async def remove(self, actor: "Actor", subscription_id: str, *, revision: int | None = None) -> None:
        """Forget one; what was not sent yet is not sent any more.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: it is not at this revision any more.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        await self._cards.take_leave(actor, subscription_id, revision=revision)
        await self._stored.remove(subscription_id)
        await self._cards.forget(subscription_id)
        await self._audit.record(actor, "subscription.removed", subscription_id)

    async def _changed(
        self, actor: "Actor", before: OwnSubscription, after: Subscription, *, name: str
    ) -> OwnSubscription:
        """Change the card, then the subscription.

        Who read in between has the newer card with the older subscription: the card alone does not tell that it is stale.
        """
        filed = await self._cards.change(actor, before.card, revision=before.revision, name=name)
        if not await self._stored.replace(before.subscription, after):
            raise StaleError
        return OwnSubscription(after, filed.document, filed.revision)

    async def _refuse_wrong(self, actor: "Actor", draft: "SubscriptionDraft") -> None:
        refuse_bad_name(draft.name)
        faults = []
        for pointer, check in (
            ("/schedule", lambda: parse_schedule(draft.schedule)),
            ("/quiet", lambda: parse_quiet(draft.quiet)),
            ("/events", lambda: check_events(draft.events)),
        ):
            try:
                check()
            except InvalidInputError as error:
                faults.append(Fault(pointer, Text(str(error), _ENGLISH[pointer])))
        profiles = await self._holdings.profiles.owned(actor, draft.profiles)
        destinations = await self._holdings.destinations.owned(actor, draft.destinations)
        faults += [Fault(f"/profiles/{n}", _NO_PROFILE) for n, p in enumerate(draft.profiles) if p not in profiles]
        faults += [
            Fault(f"/destinations/{n}", _NO_DESTINATION)
            for n, d in enumerate(draft.destinations)
            if d not in destinations
        ]
        if faults:
            raise InvalidError(*faults)


_NO_PROFILE = Text("没有这个订阅画像，可能已删除。", "There is no such profile; it may have been removed.")
_NO_DESTINATION = Text("没有这个目的地，可能已删除。", "There is no such destination; it may have been removed.")
_ENGLISH = {
    "/schedule": "Write immediate, hourly, daily@HH:MM or weekly@mon-HH:MM, for example daily@09:10.",
    "/quiet": "Write HH:MM-HH:MM with two different times, for example 22:00-08:00.",
    "/events": "Name events that there are, for example publication, grant, transfer; all for every one.",
}


def _subscription(draft: "SubscriptionDraft", before: Subscription) -> Subscription:
    """Return what is asked for, with what a draft does not say taken from what was before."""
    said = {
        "profiles": tuple(dict.fromkeys(draft.profiles)),
        "destinations": tuple(dict.fromkeys(draft.destinations)),
        "schedule": draft.schedule,
        "quiet": draft.quiet,
        "cap": draft.cap,
        "workdays": draft.workdays,
        "events": tuple(dict.fromkeys(draft.events)),
        "corrections": draft.corrections,
        "family": draft.family,
        "heartbeat": draft.heartbeat,
    }
    return msgspec.structs.replace(before, **said)
