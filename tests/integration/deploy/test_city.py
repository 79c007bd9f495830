"""What the compose file starts is a working city: from a publication that is pushed to a mail that arrives."""

import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.testing.mailbox import Mailbox
from tests.integration.deploy.city import City
from tests.unit.deploy.documents import DEPLOY, ROOT, alert_rules
from tests.unit.deploy.promql import read

pytestmark = pytest.mark.city


PUBLICATION = {
    "publication_number": "CN119000001A",
    "kind": "A",
    "application_number": None,
    "family_id": None,
    "title": "一种固态电池用电解质膜及其制备方法",
    "abstract": None,
    "claim": None,
    "published_on": "2026-03-06",
    "filed_on": None,
    "applicants": [],
    "inventors": [],
    "agency": None,
    "ipc": ["H01M10/0562"],
    "locarno": [],
    "event": "publication",
    "lang": "zh",
    "source": "http-push",
}
TOLD_SECONDS = 60


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as box:
        yield box


async def test_the_compose_files_services_take_a_publication_to_the_mailbox(tmp_path: Path, mailbox: Mailbox) -> None:
    city = await asyncio.to_thread(City, tmp_path, mailbox.port)
    try:
        await asyncio.to_thread(_run, city)
        deadline = time.monotonic() + TOLD_SECONDS
        while not mailbox.mails:
            assert time.monotonic() < deadline, city.logs()
            await asyncio.sleep(0.1)
        (mail,) = mailbox.mails
        assert mail.numbers == (PUBLICATION["publication_number"],)
        assert mail.recipients == ("firm@example.cn",)
        assert mail.sender == "zhitui@example.cn"
        assert mail.delivery_id
        await asyncio.to_thread(_look, city)
        assert set((await asyncio.to_thread(city.stop)).values()) == {0}
        assert len(mailbox.mails) == 1, "and is told once"
    finally:
        await asyncio.to_thread(city.close)


def _run(city: City) -> None:
    """Set up, start, subscribe, push."""
    city.run("setup")
    city.run("setup")  # before every start: done twice, it changes nothing
    city.start()
    city.wait_ready()
    city.run("setup", "zhitui", "profile", "add", str(ROOT / "samples" / "profiles.jsonl"))
    city.run("setup", "zhitui", "destination", "add", "firm", "email", "firm@example.cn", "--verified")
    city.run("setup", "zhitui", "subscription", "add", "s", "--profile", "solid-battery", "--destination", "firm")
    pushed = urllib.request.Request(
        f"{city.address('ingest')}/api/v1/publications",
        data=json.dumps(PUBLICATION).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {city.secret('ingest-token')}"},
    )
    with urllib.request.urlopen(pushed, timeout=30) as answer:
        assert json.load(answer)["accepted"] == 1


def _look(city: City) -> None:
    """Every process is well, measures what alerts ask for, and gave no secret away."""
    samples = set()
    for name in city.roles:
        port = city.address(name).rpartition(":")[2]
        check = [sys.executable, str(DEPLOY / "docker" / "healthcheck.py")]
        assert subprocess.run(check, env={"ZHITUI_HTTP_PORT": port}, check=False).returncode == 0
        _, metrics = city.get(name, "/metrics")
        samples |= set(re.findall(r"^(\w+)", metrics, re.MULTILINE))
        assert all(f'group="{group}"' in metrics for group in ("matcher", "notifier", "operator"))
    happened = {"zhitui_ingest_records_total", "zhitui_notifier_attempts_total", "zhitui_matcher_batch_seconds_bucket"}
    assert happened <= samples
    # What has labels has no sample before the first time; everything else that alerts ask for is there.
    asked = {s.metric for rule in alert_rules() for s in read(rule["expr"]).selectors} - {"up"}
    troubles = {"zhitui_notifier_channel_stuck", "zhitui_source_problem"}
    assert {name for name in asked - samples if not name.endswith("_total")} <= troubles
    logs = "".join(path.read_text("utf-8") for path in city.root.glob("*.log"))
    for path in city.secrets.iterdir():
        assert not city.secret(path.name) or city.secret(path.name) not in logs, path.name
