"""Is what the outbox says of each delivery what its sink saw?

An attempt that says that the vendor took the message is a message at the sink; one of which nobody knows may be one; no other is.
"""

from typing import TYPE_CHECKING

from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.store.port import Store
    from shared.store.records import Attempt, Delivery


async def disagreements(
    store: "Store", deliveries: "Iterable[Delivery]", seen: "Mapping[tuple[str, str], int]"
) -> list[str]:
    """Return a sentence for each delivery whose attempts and messages do not fit."""
    found = []
    for delivery in deliveries:
        copies = {seen.get((delivery.destination_id, number), 0) for number in delivery.publication_numbers}
        if copies == {1} and delivery.attempts == 1 and delivery.state is DeliveryState.SENT:
            continue
        attempts = await store.deliveries.attempts(delivery.id)
        if complaint := judge(attempts, copies):
            found.append(f"{delivery.id} to {delivery.destination_id}: {complaint}")
    return found


def judge(attempts: "Iterable[Attempt]", copies: set[int]) -> str | None:
    """Return what is wrong with a delivery, given how often each of its publications was seen."""
    made = list(attempts)
    if [attempt.number for attempt in made] != list(range(1, len(made) + 1)):
        return f"attempts {[attempt.number for attempt in made]}"
    if unfinished := [attempt.number for attempt in made if attempt.outcome is DeliveryState.SENDING]:
        return f"attempts {unfinished} have no end"
    taken = sum(attempt.outcome is DeliveryState.SENT for attempt in made)
    unknown = sum(attempt.ambiguous and attempt.outcome is not DeliveryState.SENT for attempt in made)
    if taken == 0 or min(copies) < taken or max(copies) > taken + unknown:
        return f"taken {taken} times, of {unknown} more nobody knows, but seen {sorted(copies)} times"
    return None
