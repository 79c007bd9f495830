"""Several processes fight for one outbox, some of them die: what they saw is what one outbox, used in turn, would have shown."""

import asyncio
import json
import random
import time
from datetime import UTC, datetime

import pytest

from shared.store.records import Delivery, GroupPlan
from shared.wire.subscription import Channel
from tests.integration.scaleout.linearizable import Operation, Outbox, is_linearizable
from tests.integration.scaleout.processes import Workers
from tests.integration.scaleout.worker import DESTINATIONS

pytestmark = pytest.mark.city


PROCESSES = 3
KILLS = 6
LIVES_LINES = 60
"""What a process may print before it is killed."""

SEED = 5


def history(printed: list[bytes]) -> list[Operation]:
    """Return what was asked, with what was answered where that was heard."""
    said = [json.loads(line) for line in printed]
    answers = {one["answers"]: one for one in said if "answers" in one}
    operations = []
    for asked in (one for one in said if "answers" not in one):
        heard = {"answered": answers[asked["id"]]["at"]} if asked["id"] in answers else {}
        operations.append(
            Operation(
                kind=asked["kind"],
                delivery=asked["delivery"],
                called=asked["at"],
                number=asked.get("number", 0),
                outcome=asked.get("outcome", ""),
                answer=answers.get(asked["id"], {}).get("answer"),
                **heard,
            )
        )
    return operations


def waiting(name: str, destination_id: str) -> Delivery:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    return Delivery(
        id=name,
        subscription_id="s",
        destination_id=destination_id,
        channel=Channel.EMAIL,
        publication_numbers=("CN1A",),
        next_attempt_at=at,
        created_at=at,
    )


async def test_starts_and_finishes_of_rival_processes_are_linearizable(workers: Workers) -> None:
    chance = random.Random(SEED)
    async with workers.store() as store:
        for destination_id, names in DESTINATIONS.items():
            await store.alerts.plan(
                [GroupPlan(deliveries=(waiting(name, destination_id),), planned=()) for name in names]
            )
        hours = [str(n - 1 if workers.has_server else 0) for n in range(PROCESSES)]
        running = [workers.start("outbox", str(n), hours[n]) for n in range(PROCESSES)]
        async with asyncio.timeout(120):
            for kill in range(KILLS):
                while len(workers.printed()) < (kill + 1) * LIVES_LINES:  # noqa: ASYNC110 - they are processes
                    await asyncio.sleep(0.01)
                victim = chance.randrange(PROCESSES)
                running[victim].kill()
                running[victim] = workers.start("outbox", f"again {kill}", hours[victim])
        for process in running:
            process.kill()
            process.wait()
        operations = history(workers.printed())
        for name in (name for names in DESTINATIONS.values() for name in names):
            called = time.monotonic()
            found = await store.deliveries.get(name)
            assert found is not None
            operations.append(
                Operation(
                    kind="read", delivery=name, called=called, answered=time.monotonic(), answer=found.state.value
                )
            )
    assert sum(operation.kind == "start" and operation.answer is not None for operation in operations) > 20
    for names in DESTINATIONS.values():
        own = [operation for operation in operations if operation.delivery in names]
        assert is_linearizable(own, Outbox.of(names)), f"seed {SEED}: {own}"
