"""What the sinks took, held against what was due and what the outbox says."""

import bisect
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import Reason
from shared.store.records import DeliveryState
from shared.wire.subscription import Channel
from tests.crash.city.outbox import disagreements
from tests.crash.sending.sinks import Weather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.runtime.role import Surroundings
    from shared.store.records import Attempt, Delivery
    from tests.crash.sending.scene import Sending

Told = tuple[str, str]
"""(destination id, publication number)."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The counts.

    Attributes:
        deliveries, messages: in the outbox; taken by the sinks.
        unsent: deliveries that are not sent.
        lost, stray: due and never seen; seen and not due.
        disagreements: deliveries of which the outbox says something else than the sinks.
        refused: rules of a vendor that were broken.
        renamed: repetitions that came under another id, so that a receiver could not know them.
        by_weather: messages repeated because an answer did not come in time or was torn.
        by_kills: channel → messages repeated because a kill came between the sink's taking and our writing that down.
        at_once: most of these that one kill caused at one destination.
        interrupted: attempts that a kill cut off.
    """

    deliveries: int
    messages: int
    unsent: list[str]
    lost: list[Told]
    stray: list[Told]
    disagreements: list[str]
    refused: list[str]
    renamed: list[str]
    by_weather: int
    by_kills: Counter[Channel]
    at_once: int
    interrupted: int

    def complaints(self) -> dict[str, object]:
        """Return everything that must not be; empty when all is well."""
        found: dict[str, object] = {
            "not sent": self.unsent,
            "lost": self.lost,
            "told without being asked": self.stray,
            "outbox and sinks disagree": self.disagreements,
            "rules broken": self.refused,
            "repeated under another id": self.renamed,
        }
        return {name: what for name, what in found.items() if what}


async def judge(around: "Surroundings", scene: "Sending") -> Verdict:
    """Count; nothing may be running."""
    lines = [json.loads(line) for line in scene.journal.read_text("utf-8").splitlines()]
    deliveries = await around.store.deliveries.recent(limit=10**6)
    names = {_sinks_name(address): name for name, (_, address) in scene.addresses.items()}
    of = {(d.destination_id, number): d for d in deliveries for number in d.publication_numbers}
    seen: Counter[Told] = Counter()
    fair: defaultdict[str, list[float]] = defaultdict(list)
    copies: Counter[str] = Counter()
    renamed = []
    taken = [line for line in lines if "to" in line]
    for line in taken:
        told = [(names[line["to"]], number) for number in line["numbers"]]
        seen.update(told)
        delivery = of.get(told[0])
        if delivery is None:
            continue  # a stray one
        copies[delivery.id] += 1
        if line["weather"] == Weather.FAIR:
            fair[delivery.id].append(line["at"])
        if line["delivery"] not in {None, delivery.id}:
            renamed.append(f"{delivery.id} came as {line['delivery']}")
    by_kills: Counter[Channel] = Counter()
    cuts: Counter[tuple[str, int]] = Counter()
    for delivery in deliveries:
        if delivery.ambiguous:
            attempts = await around.store.deliveries.attempts(delivery.id)
            cuts.update(_kills(delivery, attempts, scene.kills))
            by_kills[delivery.channel] += min(_cut_off(attempts, fair[delivery.id]), max(0, copies[delivery.id] - 1))
    return Verdict(
        deliveries=len(deliveries),
        messages=len(taken),
        unsent=[f"{d.id}: {d.state}" for d in deliveries if d.state is not DeliveryState.SENT],
        lost=sorted(scene.due - set(seen)),
        stray=sorted(set(seen) - scene.due),
        disagreements=await disagreements(around.store, deliveries, seen),
        refused=[line["text"] for line in lines if "refused" in line],
        renamed=renamed,
        by_weather=copies.total() - len(copies) - by_kills.total(),
        by_kills=by_kills,
        at_once=max(cuts.values(), default=0),
        interrupted=cuts.total(),
    )


def _is_cut_off(attempt: "Attempt") -> bool:
    return attempt.reason is Reason.INTERRUPTED and attempt.ambiguous


def _cut_off(attempts: "Sequence[Attempt]", taken: list[float]) -> int:
    """Return how many attempts a kill cut off whose message was taken in fair weather: their answers would have been heard.

    Args:
        attempts: of one delivery, in order.
        taken: when its messages were taken; each is of the last attempt that had begun by then.
    """
    starts = [attempt.started_at.timestamp() for attempt in attempts]
    of = {bisect.bisect(starts, moment) - 1 for moment in taken}
    return sum(_is_cut_off(attempt) for place, attempt in enumerate(attempts) if place in of)


def _kills(delivery: "Delivery", attempts: "Sequence[Attempt]", kills: list[float]) -> list[tuple[str, int]]:
    """Return the kills that cut off attempts of a delivery: (destination, which kill)."""
    return [
        (delivery.destination_id, bisect.bisect(kills, attempt.started_at.timestamp()))
        for attempt in attempts
        if _is_cut_off(attempt)
    ]


def _sinks_name(address: str) -> str:
    """Return what the sinks call an address: of a webhook they know the path."""
    return "/" + address.rpartition("/")[2] if "://" in address else address
