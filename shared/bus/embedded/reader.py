"""A reader of a whole topic."""

from typing import TYPE_CHECKING

from shared.bus.embedded import log

if TYPE_CHECKING:
    import sqlite3

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

    @property
    def positions(self) -> "dict[int, int]":
        """Partition → the offset before which everything was returned, or is compacted away."""
        return {partition.number: offset for partition, offset in self._positions.items()}

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records."""
        return await self._bell.wait_for(lambda: self._look(max_records), timeout_seconds)

    async def _look(self, limit: int) -> "list[Received]":
        positions = list(self._positions.items())

        def work(connection: "sqlite3.Connection") -> "tuple[list[Received], dict[int, int]]":
            found = log.read_on(connection, self._topic, positions, limit)
            return found, {} if len(found) == limit else log.ends(connection, self._topic)

        found, ends = await self._database.read(work)
        by_number = {partition.number: partition for partition in self._positions}
        for record in found:
            self._positions[by_number[record.partition]] = record.offset + 1
        for number, end in ends.items():  # what was compacted away at the end is not waited for
            self._positions[by_number[number]] = max(end, self._positions[by_number[number]])
        return found
