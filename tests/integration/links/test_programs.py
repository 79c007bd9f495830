"""What the program does where a link is refused: one sentence, an exit status for the supervisor, and no password anywhere."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.links.front import front
from tests.integration.links.papers import Papers
from tests.integration.links.secured import USER, SecuredKafka, SecuredMongo
from tools.services import free_port

pytestmark = pytest.mark.city


ROOT = Path(__file__).resolve().parents[3]
WRONG = "Bu-shi:zhege@"
MISCONFIGURED = 1
NOT_NOW = 75


async def zhitui(folder: Path, *arguments: str, **settings: object) -> tuple[int, str]:
    """Run a command to its end; return its status, and all that it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZHITUI_")}
    own = {f"ZHITUI_{name.upper()}": str(value) for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", *arguments),
        cwd=folder,
        env=clean
        | {"PYTHONPATH": str(ROOT), "ZHITUI_DATA_DIR": str(folder / "data"), "ZHITUI_LOG_LEVEL": "debug"}
        | own,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


def at_kafka(address: str, papers: Papers) -> dict[str, object]:
    return {
        "bus": "kafka",
        "kafka_bootstrap_servers": address,
        "kafka_security": "sasl-tls",
        "kafka_ca_file": papers.ca,
        "kafka_username": USER,
        "kafka_password": WRONG,
    }


def at_mongo(address: str, papers: Papers) -> dict[str, object]:
    login = f"{USER}:{quote(WRONG, safe='')}"
    uri = f"mongodb://{login}@{address}/?directConnection=true&authSource=admin&tls=true&tlsCAFile={papers.ca}"
    return {"store": "mongo", "mongo_uri": uri, "mongo_timeout_seconds": 1}


def is_kept(said: str) -> bool:
    return WRONG not in said and quote(WRONG, safe="") not in said and "Traceback" not in said


@pytest.mark.parametrize("command", [("serve", "notifier"), ("doctor",)])
async def test_a_wrong_password_at_kafka_ends_it_with_a_sentence_without_the_password(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path, command: tuple[str, ...]
) -> None:
    status, said = await zhitui(tmp_path, *command, **at_kafka(secure_kafka.login.address, papers))
    assert status == MISCONFIGURED
    assert "ZHITUI_KAFKA_PASSWORD" in said
    assert is_kept(said)


@pytest.mark.parametrize("command", [("serve", "notifier"), ("doctor",)])
async def test_a_wrong_password_at_mongodb_ends_it_with_a_sentence_without_the_password(
    secure_mongo: SecuredMongo, papers: Papers, tmp_path: Path, command: tuple[str, ...]
) -> None:
    status, said = await zhitui(tmp_path, *command, **at_mongo(secure_mongo.proxy.address, papers))
    assert status == MISCONFIGURED
    assert "ZHITUI_MONGO_URI" in said
    assert is_kept(said)


@pytest.mark.parametrize(("link", "named"), [(at_kafka, "ZHITUI_KAFKA_CA_FILE"), (at_mongo, "ZHITUI_MONGO_URI")])
async def test_an_expired_certificate_ends_it_before_anything_is_said(
    papers: Papers, tmp_path: Path, link: Callable[[str, Papers], dict[str, object]], named: str
) -> None:
    async with front(papers.expired) as server:
        status, said = await zhitui(tmp_path, "serve", "notifier", **link(server.address, papers))
    assert status == MISCONFIGURED
    assert named in said
    assert is_kept(said)
    assert server.visits
    assert server.told == b""


@pytest.mark.parametrize(
    ("link", "named"), [(at_kafka, "ZHITUI_KAFKA_BOOTSTRAP_SERVERS"), (at_mongo, "ZHITUI_MONGO_URI")]
)
async def test_a_server_that_is_away_is_left_to_the_supervisor_to_try_again(
    papers: Papers, tmp_path: Path, link: Callable[[str, Papers], dict[str, object]], named: str
) -> None:
    status, said = await zhitui(tmp_path, "serve", "notifier", **link(f"127.0.0.1:{free_port()}", papers))
    assert status == NOT_NOW
    assert named in said
    assert is_kept(said)
