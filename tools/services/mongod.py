"""A MongoDB server as a member of a replica set, of one by default: transactions and retryable writes need a set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tools.services.downloads import mongod_program
from tools.services.ports import HOST, answers

if TYPE_CHECKING:
    from pymongo import MongoClient

    from tools.services.daemon import Daemon

REPLICA_SET = "rs0"
CACHE = "--wiredTigerCacheSizeGB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How the tools reach a server that does not let everybody in.

    Attributes:
        arguments: of mongod, as in ``("--tlsMode", "requireTLS", …)``.
        client: of `pymongo.MongoClient`, as in ``{"tls": True, "tlsCAFile": …}``.
        admin: (name, password) of the root user; made at the first start, through the exception that MongoDB makes for
            the first user.
    """

    arguments: tuple[str, ...] = ()
    client: Mapping[str, Any] = field(default_factory=dict)
    admin: tuple[str, str] | None = None


@dataclass(slots=True, kw_only=True)
class Mongod:
    """One server; what is set here counts from its next launch.

    Attributes:
        others: ports of the set's other members; they must answer before `make_primary` of one of them makes the set.
    """

    daemon: "Daemon"
    port: int
    access: Access = field(default_factory=Access)
    others: tuple[int, ...] = ()

    @property
    def ports(self) -> tuple[int, ...]:
        """All that it listens on."""
        return (self.port,)

    def launch(self) -> None:
        """Start it; see `is_ready` and `make_primary`."""
        data = self.daemon.home / "data"
        data.mkdir(parents=True, exist_ok=True)
        self.daemon.launch(
            [
                mongod_program(),
                *("--dbpath", data, "--bind_ip", HOST, "--port", str(self.port), "--replSet", REPLICA_SET),
                *("--nounixsocket", "--quiet", "--oplogSize", "64"),
                *(() if CACHE in self.access.arguments else (CACHE, "0.25")),
                *("--setParameter", "ttlMonitorSleepSecs=1"),  # not 60: tests wait for what expires
                *("--setParameter", "diagnosticDataCollectionEnabled=false"),
                *self.access.arguments,
            ]
        )

    def is_ready(self) -> bool:
        """Return whether it answers; it may have no primary yet."""
        return answers(self.port)

    def make_primary(self) -> None:
        """Make the set (and its first user) when this is the first start, and wait for the primary."""
        with self.client(as_admin=False) as client:
            if "setName" not in client.admin.command("hello"):
                members = [{"_id": n, "host": f"{HOST}:{port}"} for n, port in enumerate((self.port, *self.others))]
                settings = {"electionTimeoutMillis": 2000}  # not 10 s
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members, "settings": settings})
                if self.access.admin is not None:
                    self.daemon.wait_until(self.is_primary)
                    name, password = self.access.admin
                    client.admin.command("createUser", name, pwd=password, roles=["root"])
        self.wait_for_primary()

    def wait_for_primary(self) -> None:
        """Wait until it takes writes, or knows of another member that does.

        Raises:
            ServerError: it ended, or took too long.
        """
        with self.client(as_admin=False) as client:
            self.daemon.wait_until(lambda: "primary" in client.admin.command("hello"))

    def is_primary(self) -> bool:
        """Return whether it takes writes."""
        with self.client(as_admin=False) as client:
            return bool(client.admin.command("hello")["isWritablePrimary"])

    def step_down(self, seconds: int) -> None:
        """Make it a secondary, which cuts its clients off; nobody else being there, it is elected again afterwards."""
        with self.client() as client:
            client.admin.command("replSetStepDown", seconds, secondaryCatchUpPeriodSecs=0, force=True)

    def client(self, *, as_admin: bool = True) -> "MongoClient[dict[str, Any]]":
        """Return a client of this server, with all rights if it has users."""
        from pymongo import MongoClient  # noqa: PLC0415 - the guard needs none of it

        options = dict(self.access.client)
        if as_admin and self.access.admin is not None:
            options["username"], options["password"] = self.access.admin
        return MongoClient(HOST, self.port, directConnection=True, serverSelectionTimeoutMS=20_000, **options)
