"""The store's collections of who is told what, as their users see them; what holds everywhere stands in `shared.store.port`.

::

    subscriptions, destinations ──► alerts (what is owed) ──► deliveries (the outbox) ──► attempts
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.store.filed import Position
    from shared.store.records import (
        Alert,
        AlertKey,
        AlertState,
        Backlog,
        DueGroup,
        GroupPlan,
        MatchRecord,
        PendingGroup,
        Relative,
        SubscriptionChange,
    )
    from shared.wire.subscription import Destination, Subscription


class Destinations(Protocol):
    """Collection ``destinations``. Addresses and option values are encrypted at rest.

    `put` and `replace` make what subscriptions that name their destination let wait there due at once (see `Alerts.due`): one
    that was verified or repaired is told what waited for it.
    """

    async def put(self, destination: "Destination") -> None:
        """Add or replace, whatever there is; who read it first takes `replace`."""
        ...

    async def replace(self, before: "Destination | None", after: "Destination") -> bool:
        """Replace one that is still as it was read (``None``: there was none); false when it is not, and then nothing changes.

        Several change a destination: people its address, a notifier its state, who reads there its silence. None of them
        overrules another unseen; `shared.destination_changes` begins again where that is right.
        """
        ...

    async def get(self, destination_id: str) -> "Destination | None":
        """Return one."""
        ...

    async def many(self, destination_ids: "Sequence[str]") -> "dict[str, Destination]":
        """Return those of these that there are, by id."""
        ...

    async def all(self, *, limit: int | None = None) -> "list[Destination]":
        """Return all by id, or the first ``limit`` of them."""
        ...

    async def reseal(self, *, after: str = "", limit: int = 500) -> "tuple[int, str | None]":
        """Put the secrets of destinations under the newest key; what is written meanwhile is not overwritten.

        Args:
            after: the last id of the answer before.
            limit: so many are looked at.

        Returns:
            How many were sealed anew, and the last id that was looked at, ``None`` when there are no more.
        """
        ...

    async def remove(self, destination_id: str) -> bool:
        """Forget one; what subscriptions that name it let wait there becomes ``DROPPED``. False when there was none.

        What waits there for anybody else is dropped at the latest when its time comes.
        """
        ...


class Subscriptions(Protocol):
    """Collection ``subscriptions``, and ``unsubscribe_tokens`` (hashes only).

    Every change makes the waiting alerts of its subscription due at once (see `Alerts.due`), so that whoever plans looks at
    them with what holds now: a pause ended, another schedule.
    """

    async def put(self, subscription: "Subscription") -> None:
        """Add or replace, whatever there is; who read it first takes `replace`."""
        ...

    async def replace(self, before: "Subscription | None", after: "Subscription") -> bool:
        """Replace one that is still as it was read (``None``: there was none); false when it is not, and then nothing changes.

        Whoever opts out, or changes something else, between the reading and the writing is not overruled.
        """
        ...

    async def get(self, subscription_id: str) -> "Subscription | None":
        """Return one."""
        ...

    async def many(self, subscription_ids: "Sequence[str]") -> "dict[str, Subscription]":
        """Return those of these that there are, by id."""
        ...

    async def all(self, *, limit: int | None = None) -> "list[Subscription]":
        """Return all by id, or the first ``limit`` of them."""
        ...

    async def changes(self, *, after: int, limit: int) -> "list[SubscriptionChange]":
        """Return the last change of each subscription that changed after this mark, oldest change first.

        With ``after=0`` that is every subscription, so that whoever keeps them in memory begins there, goes on with the mark
        of the last change it got, and has all when fewer than ``limit`` come. Cheap when nothing changed. A change whose
        call has returned is in every answer to a later question, in whatever process.
        """
        ...

    async def remove(self, subscription_id: str) -> bool:
        """Forget one; its waiting alerts become ``DROPPED``. False when there was none."""
        ...

    async def save_tokens(self, tokens: "Sequence[tuple[str, str, str]]") -> None:
        """Remember what unsubscribe tokens stand for: (token hash, subscription id, destination id) each, in one write."""
        ...

    async def find_token(self, token_hash: str) -> tuple[str, str] | None:
        """Return (subscription id, destination id)."""
        ...

    async def opt_out(self, subscription_id: str, destination_id: str) -> bool:
        """Stop telling this subscription to this destination; its waiting alerts become ``DROPPED``. False when there is none."""
        ...


class Alerts(Protocol):
    """Collections ``matches``, ``match_counts`` and ``alerts``: what was found, how often, and what is owed.

    A *group* is what waits for one subscription and destination. Each alert that waits has a moment before which nobody need
    ask about it; so groups that sleep until tomorrow morning cost nothing until then.
    """

    async def record(self, matches: "Sequence[MatchRecord]", alerts: "Sequence[Alert]") -> int:
        """Store both in one write; recording them again, or a part of them, changes nothing more.

        Matches of one publication are united; each (profile, publication) counts once.

        An alert whose key exists is *merged* into the stored one while that waits, and leaves it alone when it was settled:

        * of the same publication: reasons are united by profile, the new one where both have it, best first; the score is
          the best of them (a publication's matches come in several events, batches and shards of profiles),
        * of another content of it (a correction): the content and the reasons are the new ones', because the old ones'
          positions lie in another text,
        * when it was created stays; it is due at the earlier of both moments.

        Returns:
            How many of the alerts are new.
        """
        ...

    async def family(self, family_keys: "Sequence[str]") -> "list[Relative]":
        """Return the alerts with these family keys, whatever their state but ``DROPPED``."""
        ...

    async def pending_groups(self, subscription_ids: "Sequence[str] | None" = None) -> "list[PendingGroup]":
        """Return what waits to be planned, a row for each subscription and destination, in any order.

        Args:
            subscription_ids: only of these; ``None``: of all, which looks at every alert that waits.
        """
        ...

    async def due(self, now: "datetime", *, limit: int, after: "DueGroup | None" = None) -> "list[DueGroup]":
        """Return groups with alerts that are due, in order; a group may come more than once, for alerts due at different moments.

        Args:
            now: what is due later is left out.
            limit: at most so many; fewer does not mean that there are no more, only none at all does.
            after: the last one of the answer before.
        """
        ...

    async def next_due_at(self) -> "datetime | None":
        """Return when the next waiting alert is due: long ago for what is to be looked at again, ``None`` when nothing waits."""
        ...

    async def postpone(self, groups: "Sequence[tuple[DueGroup, datetime]]") -> None:
        """Let alerts rest until a moment: those that still wait and are due exactly as the group says.

        What somebody made due meanwhile (`look_again`, a change of the subscription or the destination) stays due.
        """
        ...

    async def look_again(self, subscription_ids: "Sequence[str]") -> None:
        """Make what waits for these subscriptions due at once."""
        ...

    async def pending(self, groups: "Sequence[tuple[str, str]]", *, limit: int) -> "list[Alert]":
        """Return what waits for these (subscription id, destination id), due or not: oldest first in each group.

        Groups come in the order of their ids, however they are asked for; at most ``limit`` alerts in all. When there are so
        many, the last one's group may have more, and nothing was read of the groups after it.
        """
        ...

    async def backlogs(self, groups: "Sequence[tuple[str, str]]", *, limit: int) -> "dict[str, Backlog]":
        """Return by subscription what waits for these (subscription id, destination id), without reading what it is.

        Args:
            groups: whose.
            limit: so many alerts are counted at most; what waits beyond them is passed over.

        Returns:
            Of subscriptions for which something waits.
        """
        ...

    async def plan(self, plans: "Sequence[GroupPlan]") -> list[bool]:
        """Store deliveries and settle their alerts, many groups in one write, each plan all or nothing.

        Returns:
            For each plan whether it was stored; not when any of its alerts waits no more or one of its deliveries exists:
            somebody else planned it.
        """
        ...

    async def settle(self, keys: "Sequence[AlertKey]", state: "AlertState") -> None:
        """Put waiting alerts into this final state."""
        ...

    async def of_delivery(self, delivery_id: str) -> "list[Alert]":
        """Return what a delivery tells, in the order of its publications; one that several subscriptions tell, by their ids."""
        ...

    async def of_deliveries(self, delivery_ids: "Sequence[str]") -> "dict[str, list[Alert]]":
        """Return what each of these deliveries tells, as `of_delivery` does; one that there is not is left out, or empty."""
        ...

    async def inbox(
        self,
        subscription_ids: "Sequence[str]",
        *,
        since: "datetime | None" = None,
        before: "Position | None" = None,
        limit: int,
    ) -> "list[Alert]":
        """Return what these subscriptions told or will tell (`shared.store.records.SHOWN`), for people who read it in one place.

        A (subscription, publication) comes once, however many destinations it goes to: as the alert that was recorded last.

        Args:
            subscription_ids: whose; none of them brings nothing.
            since: leave out what was recorded earlier.
            before: begin behind the row that stood there, see `shared.store.positions.of_alert`.
            limit: at most so many.

        Returns:
            The newest first, by (when it was recorded, publication number, subscription id).

        Raises:
            InvalidInputError: ``before`` is no such position.
        """
        ...

    async def find(self, subscription_ids: "Sequence[str]", publication_number: str) -> "list[Alert]":
        """Return the rows that `inbox` has of a publication (its item key)."""
        ...

    async def match_counts(self, *, limit: int) -> "list[tuple[str, int, datetime]]":
        """Return (profile id, publications found, when the newest of them was first found), most first, then by id."""
        ...

    async def match_count(self) -> int:
        """Return how many (profile, publication) were found."""
        ...

    async def state_counts(self) -> "dict[AlertState, int]":
        """Return how many alerts are in each state."""
        ...
