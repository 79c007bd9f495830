"""The tools that give tests real servers, tried on mongod, which starts in a second."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import own_services
from tools.services import MONGOD, ServerError, Services

pytestmark = pytest.mark.city

OWNER = """
import sys, time
from pathlib import Path
from tools.services import MONGOD, start
print(start(Path(sys.argv[1]), MONGOD).pid(MONGOD), flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with own_services(tmp_path_factory.mktemp("services"), MONGOD) as services:
        yield services


@pytest.fixture
def services(shared: Services) -> Services:
    shared.start(MONGOD)
    return shared


def test_a_killed_server_comes_back_on_its_port_with_its_data(services: Services) -> None:
    address, first = services.mongo_uri, services.pid(MONGOD)
    with services.mongod.client() as client:
        client["a"]["b"].insert_one({"_id": 1})
    services.kill(MONGOD)
    assert services.pid(MONGOD) is None
    services.start(MONGOD)
    assert services.mongo_uri == address
    assert services.pid(MONGOD) not in {None, first}
    with services.mongod.client() as client:
        assert client["a"]["b"].count_documents({}) == 1


def test_a_running_server_is_not_started_again_and_a_frozen_one_thaws(services: Services) -> None:
    pid = services.pid(MONGOD)
    services.kill(MONGOD, signal.SIGSTOP)
    services.start(MONGOD)
    assert services.pid(MONGOD) == pid
    with services.mongod.client() as client:
        assert client.admin.command("ping")["ok"]


def test_a_primary_that_steps_down_takes_no_writes_for_a_while(services: Services) -> None:
    services.step_down_primary(seconds=1)
    with services.mongod.client() as client:
        assert not client.admin.command("hello")["isWritablePrimary"]
        services.mongod.wait_for_primary()
        assert client.admin.command("hello")["isWritablePrimary"]


def test_stopping_removes_the_data_keeps_the_log_and_tells_of_a_dead_server(tmp_path: Path) -> None:
    with own_services(tmp_path, MONGOD) as services:
        assert services.stop()
        assert {file.name for file in services.folder.iterdir()} == {"lock", "mongod.log"}
        services.start(MONGOD)
        services.kill(MONGOD)
        with pytest.raises(ServerError, match="mongod does not run"):
            services.kill(MONGOD)
        assert not services.stop()


def test_a_port_that_somebody_else_took_is_named(services: Services, tmp_path: Path) -> None:
    other = Services(tmp_path / "other")
    other.mongod.port = services.mongod.port
    with pytest.raises(ServerError, match=f"another program uses port {services.mongod.port}"):
        other.start(MONGOD)
    other.stop()


def test_servers_end_with_an_owner_that_was_killed(services: Services, tmp_path: Path) -> None:
    folder = tmp_path / "owned"
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE)
    with owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.kill()
    deadline = time.monotonic() + 20
    while (folder / "ports.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not Path("/proc", str(pid), "exe").exists()
