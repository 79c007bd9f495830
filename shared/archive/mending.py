"""Topics that a kill left deleted: a filling of Kafka makes topics anew, and may be killed between the two halves of that."""

from typing import TYPE_CHECKING

from shared.bus.topics import ALL_TOPICS
from shared.store.archived import ClosureState

if TYPE_CHECKING:
    from shared.clock import Clock
    from shared.secret_box import SecretBox
    from shared.settings import Settings


async def mend_topics(settings: "Settings", clock: "Clock", secrets: "SecretBox") -> None:
    """Make the topics again that an interrupted filling of this installation had; where there was none, change nothing.

    Call it before the bus is opened, which refuses a cluster without its topics.

    Raises:
        MisconfiguredError: a setting is wrong.
        RetryLaterError: a server does not answer.
    """
    if settings.bus != "kafka" or settings.store != "mongo":
        return
    from shared.bus.kafka.bus import open_bus  # noqa: PLC0415 - only where it is chosen
    from shared.bus.kafka.connecting import link_of  # noqa: PLC0415
    from shared.store.mongo.store import open_mongo_store  # noqa: PLC0415

    async with open_mongo_store(settings, clock, secrets) as store:
        closure = await store.archive.closure()
    if closure is None or closure.state is not ClosureState.FILLING:
        return
    async with open_bus(link_of(settings)) as bus:
        for topic in ALL_TOPICS:
            await bus.create([topic], partitions=closure.partitions.get(topic.name, 1))
