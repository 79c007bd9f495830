"""Where the tests' Kafka and MongoDB are.

In this order: what ``ZHITUI_TEST_KAFKA`` (bootstrap servers) and ``ZHITUI_TEST_MONGO`` (URI) name; the running servers of
``make services``; servers of the session's own, started when a first test asks and stopped at the end, also when pytest is
killed. Where the servers cannot be had, the test skips on a laptop and fails in CI. All tests share them: take topic prefixes and
database names that no other test has, and `own_services` to kill or freeze a server.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tools.services import KAFKA, MONGOD, KafkaCluster, NotInstalledError, Replicas, ReplicaSet, Services
from tools.services.environment import running

if TYPE_CHECKING:
    from collections.abc import Iterator

_of_the_session: list[Services] = []
_missing: dict[tuple[str, ...], str] = {}
"""Why servers cannot be had here: asked once, as trying to download them takes its time."""


def kafka_address() -> str:
    """Return the bootstrap servers of a Kafka without authentication."""
    named = os.environ.get("ZHITUI_TEST_KAFKA") or running().get("ZHITUI_KAFKA_BOOTSTRAP_SERVERS")
    return named or _session_services(KAFKA).kafka_bootstrap_servers


def mongo_address() -> str:
    """Return the URI, without a database, of a MongoDB replica set without authentication."""
    named = os.environ.get("ZHITUI_TEST_MONGO") or running().get("ZHITUI_MONGO_URI")
    return named or _session_services(MONGOD).mongo_uri


@contextmanager
def own_services(folder: Path, *names: str, **options: Any) -> "Iterator[Services]":  # noqa: ANN401 - see Services
    """Give a test servers that are its own to ill-treat: both, or those named; ``options`` as `Services` takes them."""
    services = Services(folder, **options)
    try:
        with _to_be_had(*names):
            services.start(*names)
        yield services
    finally:
        services.stop(gently=False)


@contextmanager
def own_replica_set(folder: Path) -> "Iterator[ReplicaSet]":
    """Give a test a MongoDB of three members, to lose its primary."""
    with ExitStack() as stack:
        with _to_be_had(MONGOD):
            members = stack.enter_context(ReplicaSet(folder))
        yield members


@contextmanager
def own_brokers(folder: Path) -> "Iterator[KafkaCluster]":
    """Give a test a Kafka of three brokers, to lose its leaders."""
    with ExitStack() as stack:
        with _to_be_had(KAFKA):
            brokers = stack.enter_context(KafkaCluster(folder))
        yield brokers


@contextmanager
def own_replicas(folder: Path) -> "Iterator[Replicas]":
    """Give a test three brokers and a replica set of three, to lose any of them."""
    with ExitStack() as stack:
        with _to_be_had(KAFKA, MONGOD):
            replicas = stack.enter_context(Replicas(folder))
        yield replicas


@pytest.fixture(scope="session")
def kafka() -> str:
    """See `kafka_address`."""
    return kafka_address()


@pytest.fixture(scope="session")
def mongo() -> str:
    """See `mongo_address`."""
    return mongo_address()


def pytest_sessionfinish(exitstatus: int) -> None:
    """End the session's servers; their logs stay when a test failed."""
    for services in _of_the_session:
        services.stop(gently=False)
        if not exitstatus:
            shutil.rmtree(services.folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Say where the logs are."""
    if exitstatus and _of_the_session:
        terminalreporter.write_line(f"logs of the session's servers: {_of_the_session[0].folder}")


def _session_services(name: str) -> Services:
    if not _of_the_session:
        _of_the_session.append(Services(Path(tempfile.mkdtemp(prefix="zhitui-services-"))))
    services = _of_the_session[0]
    with _to_be_had(name):
        services.start(name)
    return services


@contextmanager
def _to_be_had(*names: str) -> "Iterator[None]":
    """Skip or fail the test where these servers cannot be had on this machine."""
    if names not in _missing:
        try:
            yield
        except NotInstalledError as error:
            _missing[names] = str(error)
        else:
            return
    if os.environ.get("CI"):
        pytest.fail(_missing[names])
    pytest.skip(_missing[names])
