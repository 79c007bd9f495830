"""Who holds which profile: every subscription in memory, as much of it as deciding who is owed what takes.

A batch of matches names a hundred thousand profiles; asking the store for each would be most of the work. Some
600 bytes a subscription.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.wire.identity import DOCUMENTS
from shared.wire.subscription import ALL_EVENTS, FamilyAlerts

if TYPE_CHECKING:
    from collections.abc import KeysView, Sequence

    from shared.store.port import Store
    from shared.wire.subscription import Subscription

CHANGES_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Route:
    """A subscription as routing sees it.

    Attributes:
        destinations: those that are told, without who opted out.
        schedule, quiet, workdays: as they stand in the subscription.
        events: which happenings are told, ``None`` for all.
        corrections: whether what was told is told again when it is corrected.
        each: whether each publication of a family is told.
    """

    subscription_id: str
    profiles: tuple[str, ...]
    destinations: tuple[str, ...]
    schedule: str
    quiet: str | None
    workdays: bool = False
    events: frozenset[str] | None = DOCUMENTS
    corrections: bool = False
    each: bool = False

    def tells(self, event: str) -> bool:
        """Whether this kind of happening is told."""
        return self.events is None or event in self.events


class Routes:
    """All subscriptions, by profile."""

    def __init__(self) -> None:
        self._holders: dict[str, list[Route]] = {}
        self._by_id: dict[str, Route] = {}

    def __len__(self) -> int:
        """Return how many subscriptions there are."""
        return len(self._by_id)

    @property
    def profiles(self) -> "KeysView[str]":
        """The ids of all profiles that somebody holds."""
        return self._holders.keys()

    def holders(self, profile_id: str) -> "Sequence[Route]":
        """Return the subscriptions that hold a profile."""
        return self._holders.get(profile_id, ())

    def get(self, subscription_id: str) -> Route | None:
        """Return one."""
        return self._by_id.get(subscription_id)

    def put(self, subscription: "Subscription") -> None:
        """Add or replace one."""
        self.remove(subscription.id)
        route = Route(
            subscription_id=subscription.id,
            profiles=tuple(dict.fromkeys(subscription.profiles)),
            destinations=tuple(
                destination_id
                for destination_id in dict.fromkeys(subscription.destinations)
                if destination_id not in subscription.opted_out
            ),
            schedule=sys.intern(subscription.schedule),  # many say the same
            quiet=None if subscription.quiet is None else sys.intern(subscription.quiet),
            workdays=subscription.workdays,
            events=_events(subscription.events),
            corrections=subscription.corrections,
            each=subscription.family is FamilyAlerts.EACH,
        )
        self._by_id[route.subscription_id] = route
        for profile_id in route.profiles:
            self._holders.setdefault(profile_id, []).append(route)

    def remove(self, subscription_id: str) -> None:
        """Forget one, if there is such a one."""
        route = self._by_id.pop(subscription_id, None)
        if route is None:
            return
        for profile_id in route.profiles:
            held = self._holders[profile_id]
            if len(held) == 1:
                del self._holders[profile_id]
            else:
                held.remove(route)


@lru_cache
def _events(events: tuple[str, ...]) -> frozenset[str] | None:
    return None if ALL_EVENTS in events else frozenset(events)  # one object for all that say the same


class RoutesInForce:
    """The routes as the store has them, kept up to date by what changed since."""

    def __init__(self, store: "Store") -> None:
        self.routes = Routes()
        self._store = store
        self._mark = 0
        self._loaded = False

    async def catch_up(self) -> None:
        """Take in every change whose call has returned, whoever made it; nothing but one small question when none did.

        What was recorded by the routes as they were until now is looked at again by those that hold now.
        """
        changed: list[str] = []
        while True:
            changes = await self._store.subscriptions.changes(after=self._mark, limit=CHANGES_AT_ONCE)
            for change in changes:
                if change.subscription is None:
                    self.routes.remove(change.subscription_id)
                else:
                    self.routes.put(change.subscription)
                changed.append(change.subscription_id)
            if changes:
                self._mark = changes[-1].mark
            if len(changes) < CHANGES_AT_ONCE:
                break
        if changed and self._loaded:
            await self._store.alerts.look_again(changed)
        self._loaded = True
