"""The disk of the broker, of the database is full: nothing is promised that cannot be kept, and all goes on once there is room."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash.city.city import City, open_city
from tests.crash.city.faults import KAFKA, MONGOD
from tests.crash.city.run import run, tell
from tools.services import Access

SEED = 7
FULL_SECONDS = 15.0
WRITES_OFTEN = Access(arguments=("--syncdelay", "2"))
"""A checkpoint every two seconds, not every minute: it is then that the database needs room."""

DISK = {KAFKA: "256m", MONGOD: "768m"}
"""Of which the ballast leaves nothing."""


@pytest.fixture(params=[KAFKA, MONGOD])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Put the data of a server on a small disk."""
    name: str = request.param
    disk, home = tmp_path / "disk", tmp_path / "city" / "servers" / name
    disk.mkdir()
    home.mkdir(parents=True)
    size = f"size={DISK[name]}"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("only an administrator may mount a small disk")
    (disk / "data").mkdir()
    (home / "data").symlink_to(disk / "data")
    yield name
    subprocess.run(["umount", "--lazy", disk], check=True)


def fill(ballast: Path) -> None:
    """Leave no room."""
    with ballast.open("wb") as file, suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(4096))


@pytest.mark.crash
def test_a_full_disk_of_a_server_loses_nothing(tmp_path: Path, server: str) -> None:
    ballast = tmp_path / "disk" / "ballast"

    def suffer(city: City) -> None:
        city.wait_for_flow(120)
        before = city.servers.pid(server)
        fill(ballast)
        time.sleep(FULL_SECONDS)
        assert city.servers.pid(server) != before, "the server did not notice"
        city.done["disk full", server] += 1
        ballast.unlink()
        city.wait_for_flow(120)

    with open_city(tmp_path / "city", mongo_access=WRITES_OFTEN) as city:
        found = run(city, lambda *_: suffer(city), seed=SEED)
        tell(found, seed=SEED, command=f"a full disk under {server}")
        assert found.verdict.messages > 0
        assert found.verdict.complaints() == {}, city.logs()
