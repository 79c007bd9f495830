"""Everything the console shows, read from store and bus at one moment."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.bus.lags import OPERATOR_GROUP, measure_lags
from shared.errors import RetryLaterError
from shared.store.quarantined import Wanted
from shared.store.records import DeliveryState, WantedDeliveries

if TYPE_CHECKING:
    from datetime import datetime

    from shared.runtime.role import Surroundings
    from shared.store.coordination import Lease, Member
    from shared.store.incoming import IngestRun
    from shared.store.records import Delivery, PendingGroup
    from shared.wire.profile import Profile
    from shared.wire.subscription import Channel, Destination, Subscription

ROWS = 20
"""How many rows of each kind a page shows."""

LOOKED_AT = 2_000
"""So many profiles, destinations and subscriptions are looked at one by one; a city has a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is the case.

    Attributes:
        profiles, destinations, subscriptions: the first `LOOKED_AT`; and of the others what is shown or what those name.
        profile_count: of all.
        is_partial: whether there are more than these.
        match_counts: (profile id, matches, last matched at), most matches first; of a city only as many as are shown.
        delivery_counts: (channel, state) → how many.
        retrying: waiting deliveries that failed at least once.
        pending: what waits for those of ``subscriptions`` that are paused.
        lags: (topic, group, records not done yet).
        dead_letters: (topic, records), where there are any.
        quarantine_counts: reason code → items that wait.
        quarantine_reasons: reason code → a sentence that was given with it.
        storage_problem: why nothing can be written, when that is so.
        on_cluster: whether several processes may share a role, and say so in the store.
        leases: what one of them does for all.
        members: those that share their role out.
    """

    at: "datetime"
    publications: int
    matches: int
    runs: "list[IngestRun]"
    profiles: "list[Profile]"
    match_counts: "list[tuple[str, int, datetime]]"
    delivery_counts: "dict[tuple[str, DeliveryState], int]"
    recent: "list[Delivery]"
    dead: "list[Delivery]"
    held: "list[Delivery]"
    retrying: "list[Delivery]"
    destinations: "list[Destination]"
    subscriptions: "list[Subscription]"
    pending: "list[PendingGroup]"
    quarantine_counts: dict[str, int]
    quarantine_reasons: dict[str, str]
    lags: list[tuple[str, str, int]]
    dead_letters: list[tuple[str, int]]
    storage_problem: str | None
    profile_count: int = 0
    is_partial: bool = False
    on_cluster: bool = False
    leases: "list[Lease]" = field(default_factory=list)
    members: "list[Member]" = field(default_factory=list)

    def deliveries_in(self, state: "DeliveryState", channel: "Channel | None" = None) -> int:
        """Return how many deliveries are in this state, on one channel or on all."""
        return sum(n for (c, s), n in self.delivery_counts.items() if s == state and channel in {None, c})

    def destination(self, destination_id: str) -> "Destination | None":
        """Return one by its id."""
        return next((d for d in self.destinations if d.id == destination_id), None)


async def gather_facts(around: "Surroundings") -> Facts:
    """Ask store and bus."""
    store = around.store
    lags = await measure_lags(around.bus, around.settings.matcher_shards)
    profiles = {one.id: one for one in await store.profiles.all(limit=LOOKED_AT)}
    destinations = {one.id: one for one in await store.destinations.all(limit=LOOKED_AT)}
    subscriptions = await store.subscriptions.all(limit=LOOKED_AT)
    profile_count = await store.profiles.count()
    is_partial = profile_count > len(profiles) or LOOKED_AT in {len(destinations), len(subscriptions)}
    match_counts = await store.alerts.match_counts(limit=ROWS if is_partial else len(profiles) + ROWS)
    recent = await store.deliveries.recent(limit=ROWS)
    if is_partial:
        named = {one for subscription in subscriptions for one in subscription.profiles}
        named.update(profile_id for profile_id, _, _ in match_counts[:ROWS])
        profiles |= await store.profiles.many(sorted(named - set(profiles)))
        places = {one for subscription in subscriptions for one in subscription.destinations}
        places.update(delivery.destination_id for delivery in recent)
        destinations |= await store.destinations.many(sorted(places - set(destinations)))
    waiting = await store.deliveries.recent(WantedDeliveries(state=DeliveryState.WAITING), limit=10 * ROWS)
    quarantined = await store.quarantine.recent(Wanted(waiting=True), limit=10 * ROWS)
    return Facts(
        at=around.clock.now(),
        publications=await store.publications.count(),
        matches=await store.alerts.match_count(),
        runs=await store.runs.recent(limit=ROWS),
        profiles=list(profiles.values()),
        profile_count=profile_count,
        is_partial=is_partial,
        match_counts=match_counts,
        delivery_counts=await store.deliveries.state_counts(),
        recent=recent,
        dead=await store.deliveries.recent(WantedDeliveries(state=DeliveryState.DEAD), limit=ROWS),
        held=await store.deliveries.recent(WantedDeliveries(state=DeliveryState.HELD), limit=ROWS),
        retrying=[delivery for delivery in waiting if delivery.attempts and delivery.reason][:ROWS],
        destinations=list(destinations.values()),
        subscriptions=subscriptions,
        pending=await store.alerts.pending_groups([one.id for one in subscriptions if one.paused]),
        quarantine_counts=await store.quarantine.counts(),
        quarantine_reasons={item.reason_code: item.reason for item in quarantined},
        lags=[(topic.name, group, lag) for topic, group, lag in lags if group != OPERATOR_GROUP],
        dead_letters=[(topic.name, lag) for topic, group, lag in lags if group == OPERATOR_GROUP and lag],
        storage_problem=await _storage_problem(around),
        on_cluster=around.settings.on_cluster,
        leases=await store.leases.held(),
        members=await store.members.alive(),
    )


async def _storage_problem(around: "Surroundings") -> str | None:
    try:
        await around.store.ping()
    except RetryLaterError as error:
        return str(error)
    if around.metrics.registry.get_sample_value("zhitui_storage_full"):
        return "磁盘已满或只读"
    return None
