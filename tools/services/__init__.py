"""Real servers for development, tests and CI: Apache Kafka (KRaft, one node) and MongoDB (a one-node replica set) on loopback.

``python -m tools.services start`` (``make services``) is for people and CI; `Services` is for tests that need servers of
their own, to kill, freeze and restart them; `Replicas` has three of each, so that one can be lost. Linux on x86-64 with Java 17, Maven and libcurl4; no root, no containers.
"""

from tools.services.errors import NotInstalledError, ServerError
from tools.services.folder import KAFKA, MONGOD
from tools.services.instance import Services, start
from tools.services.kafka import Listener
from tools.services.kafka_cluster import KafkaCluster
from tools.services.mongod import Access
from tools.services.ports import free_port
from tools.services.replica_set import ReplicaSet
from tools.services.replicas import Replicas

__all__ = [
    "KAFKA",
    "MONGOD",
    "Access",
    "KafkaCluster",
    "Listener",
    "NotInstalledError",
    "ReplicaSet",
    "Replicas",
    "ServerError",
    "Services",
    "free_port",
    "start",
]
