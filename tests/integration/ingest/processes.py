"""Ingest processes on either backend, each with connections of its own, and batches of records for them to accept."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from services.ingest.acceptance import Acceptance
from services.ingest.classify import Hashed, Outcome
from services.ingest.joining.judge import Judged
from services.ingest.records import Parsed, Rejected
from shared.store.port import Store
from shared.tracing.port import OFF
from shared.wire.content import content_hash
from shared.wire.events import PublicationSeen
from shared.wire.publication import Publication
from tests.contract.embedded import EmbeddedHarness
from tests.contract.harness import Harness
from tests.contract.mongo import MongoHarness
from tests.integration.ingest.made import seen_on

BACKENDS = {"embedded": EmbeddedHarness, "mongo": MongoHarness}
NOW = datetime(2026, 1, 5, tzinfo=UTC)


class Process:
    """One ingest process."""

    def __init__(self, harness: Harness, backends: object) -> None:
        self.bus, self.store = backends.bus, backends.store  # type: ignore[attr-defined]
        self.moment = NOW

    async def accept(self, *records: Publication) -> list[str]:
        """Accept a batch; return what became of each, corrections that only fill in as ``enriched``."""

        async def at_once(work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever a backend answers
            return await work()

        self.moment += timedelta(seconds=1)
        acceptance = Acceptance(bus=self.bus, store=self.store, stored=at_once)
        with OFF.accepting("test") as traced:
            done = await acceptance.accept(
                [Hashed(Parsed(one, ""), content_hash(one)) for one in records],
                accepted_at=self.moment,
                origin_of=lambda _: "test",
                traced=traced,
            )
        return [_became(one) for one in done]

    async def seen(self) -> list[PublicationSeen]:
        """Return all that lies on the topic of publications."""
        return await seen_on(self.bus)


def _became(one: Judged | Rejected) -> str:
    if isinstance(one, Rejected):
        return one.reason_code
    return "enriched" if one.enriched and one.outcome is Outcome.CORRECTED else one.outcome.value


async def known(store: Store, key: str) -> Publication:
    version = await store.publications.get(key)
    assert version is not None
    return version.publication
