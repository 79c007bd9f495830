"""One message a person and time: a further profile joins the subscription that tells the same people at the same time."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.drafts import SubscriptionDraft
from services.portal.desk.holdings import MOST_SUBSCRIPTIONS
from services.portal.desk.refusals import StaleError

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.subscriptions import OwnSubscription, Subscriptions

MOST_PROFILES = 200
"""Of one subscription, as a draft may have."""

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Joined:
    """A subscription; ``joined``: it was there before, and the profiles were added to it."""

    own: "OwnSubscription"
    joined: bool


class JoiningSubscriptions:
    """Subscribes to further profiles without a second message."""

    def __init__(self, subscriptions: "Subscriptions") -> None:
        self._subscriptions = subscriptions
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def fitting(self, actor: "Actor", draft: "SubscriptionDraft") -> "OwnSubscription | None":
        """Return the oldest subscription that tells the same destinations at the same time in the same way, if it has room.

        One that also says a word in months without anything fits a draft that does not ask for it, not the other way round.
        """
        page = await self._subscriptions.page(actor, limit=MOST_SUBSCRIPTIONS)
        return next((own for own in page.items if _fits(own, draft)), None)

    async def join_or_add(self, actor: "Actor", draft: "SubscriptionDraft", *, separate: bool = False) -> Joined:
        """Add the draft's profiles to a subscription that fits; make a new one where none does.

        Args:
            actor: who asks.
            draft: of the subscription as it would be alone.
            separate: make a new one even so: its people want a message of its own.

        Raises:
            InvalidError: a part of the draft is wrong, or names what the organisation has not.
            ConflictError: the organisation has as many subscriptions as it may have.
            StaleError: others keep changing the one that fits.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        async with self._turn(actor):
            for _ in range(_TRIES):
                there = None if separate else await self.fitting(actor, draft)
                if there is None:
                    return Joined(await self._subscriptions.make(actor, draft), joined=False)
                if (joined := await self._joined(actor, there, draft.profiles)) is not None:
                    return joined
        raise StaleError

    async def join(self, actor: "Actor", subscription_id: str, profiles: tuple[str, ...]) -> Joined:
        """Add profiles to a subscription.

        Raises:
            MissingError: there is none, or it is another organisation's.
            InvalidError: it has as many profiles as it may have.
            StaleError: others keep changing it.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        async with self._turn(actor):
            for _ in range(_TRIES):
                there = await self._subscriptions.get(actor, subscription_id)
                if (joined := await self._joined(actor, there, profiles)) is not None:
                    return joined
        raise StaleError

    async def leave(self, actor: "Actor", subscription_id: str, profiles: tuple[str, ...]) -> None:
        """Take profiles out of a subscription; one without any is removed.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: others keep changing it.
        """
        actor.need(Permission.WRITE_SUBSCRIPTIONS)
        async with self._turn(actor):
            for _ in range(_TRIES):
                there = await self._subscriptions.get(actor, subscription_id)
                left = tuple(one for one in there.subscription.profiles if one not in profiles)
                try:
                    await self._leave(actor, there, left)
                except StaleError:
                    continue
                return
        raise StaleError

    async def _leave(self, actor: "Actor", there: "OwnSubscription", left: tuple[str, ...]) -> None:
        subscription_id = there.subscription.id
        if left:
            draft = msgspec.structs.replace(_draft_of(there), profiles=left)
            await self._subscriptions.replace(actor, subscription_id, draft, revision=there.revision)
        else:
            await self._subscriptions.remove(actor, subscription_id, revision=there.revision)

    def _turn(self, actor: "Actor") -> asyncio.Lock:
        """Return whose turn it is: where none fits, of several that ask at once only the first makes one."""
        return self._turns.setdefault(actor.organisation_id, asyncio.Lock())

    async def _joined(self, actor: "Actor", there: "OwnSubscription", profiles: tuple[str, ...]) -> Joined | None:
        """Add profiles to a subscription as it was read; ``None``: somebody changed it meanwhile."""
        before = _draft_of(there)
        together = msgspec.structs.replace(before, profiles=_united(before.profiles, profiles))
        if together == before:
            return Joined(there, joined=True)
        try:
            changed = await self._subscriptions.replace(actor, there.subscription.id, together, revision=there.revision)
        except StaleError:
            return None
        return Joined(changed, joined=True)


def _fits(own: "OwnSubscription", draft: "SubscriptionDraft") -> bool:
    told = own.subscription
    if told.paused or told.opted_out or len(_united(told.profiles, draft.profiles)) > MOST_PROFILES:
        return False
    asked = msgspec.structs.replace(
        draft,
        name="",
        profiles=told.profiles,
        destinations=_sorted(draft.destinations),
        events=_sorted(draft.events),
        heartbeat=draft.heartbeat or told.heartbeat,
    )
    there = _draft_of(own)
    return asked == msgspec.structs.replace(
        there, name="", destinations=_sorted(there.destinations), events=_sorted(there.events)
    )


def _draft_of(own: "OwnSubscription") -> "SubscriptionDraft":
    said = {name: getattr(own.subscription, name) for name in SubscriptionDraft.__struct_fields__ if name != "name"}
    return SubscriptionDraft(name=own.card.name, **said)


def _united(first: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *more)))


def _sorted(ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))
