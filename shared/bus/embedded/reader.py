"""A reader of a whole topic."""

from functools import partial
from typing import TYPE_CHECKING

from shared.bus.embedded import log

if TYPE_CHECKING:
    from shared.bus.embedded.log import Partition
    from shared.bus.embedded.waiting import Bell
    from shared.bus.port import Received
    from shared.sqlite.database import Database


class EmbeddedReader:
    """See `shared.bus.port.Reader`."""

    def __init__(self, database: "Database", bell: "Bell", topic: str, positions: "dict[Partition, int]") -> None:
        self._database = database
        self._bell = bell
        self._topic = topic
        self._positions = positions

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records."""
        return await self._bell.wait_for(partial(self._look, max_records), timeout_seconds)

    async def _look(self, limit: int) -> "list[Received]":
        positions = list(self._positions.items())
        found = await self._database.read(partial(log.read_on, topic=self._topic, positions=positions, limit=limit))
        by_number = {partition.number: partition for partition in self._positions}
        for record in found:
            self._positions[by_number[record.partition]] = record.offset + 1
        return found
