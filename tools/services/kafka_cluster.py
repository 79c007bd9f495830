"""A Kafka of several brokers, each a controller, too: a leader, a coordinator, a controller can be lost for good."""

from pathlib import Path

from tools.services.daemon import Daemon
from tools.services.folder import KAFKA, kept_ports
from tools.services.kafka import Kafka
from tools.services.members import Members
from tools.services.ports import HOST

HEAP = "256m"
"""Of each: three of them lie beside three databases on a small machine."""


class KafkaCluster(Members[Kafka]):
    """Brokers of one cluster.

    Args:
        folder: for data and logs.
        count: how many; more than half of them must run for there to be a controller.
    """

    def __init__(self, folder: Path, *, count: int = 3) -> None:
        folders = [folder.resolve() / str(number) for number in range(count)]
        ports = [kept_ports(own) for own in folders]
        voters = {number: own["kafka-controller"] for number, own in enumerate(ports, 1)}
        super().__init__(
            folders,
            [
                Kafka(
                    daemon=Daemon(KAFKA, own),
                    port=ports[number - 1][KAFKA],
                    controller_port=voters[number],
                    node_id=number,
                    voters=voters,
                    heap=HEAP,
                )
                for number, own in enumerate(folders, 1)
            ],
        )

    @property
    def bootstrap_servers(self) -> str:
        """Where the brokers are."""
        return ",".join(f"{HOST}:{member.port}" for member in self.members)

    def join(self) -> None:
        """Do nothing: a broker opens its door when a controller has taken it in."""
