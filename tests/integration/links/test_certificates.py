"""A server whose certificate cannot be believed is told nothing: no login, no request, no plain text."""

from pathlib import Path

import pytest

from shared.bus.kafka.connecting import link_of, reach
from shared.errors import MisconfiguredError
from shared.store.mongo.link import open_link
from tests.integration.links.front import front
from tests.integration.links.links import kafka_settings, login, mongo_settings
from tests.integration.links.papers import Papers
from tests.integration.links.secured import PASSWORD

pytestmark = pytest.mark.city


BAD = ("expired", "stranger", "elsewhere")


@pytest.mark.parametrize("bad", BAD)
async def test_kafka_is_told_nothing(papers: Papers, tmp_path: Path, bad: str) -> None:
    async with front(getattr(papers, bad)) as server:
        settings = kafka_settings(tmp_path, server.address, "sasl-tls", ca_file=papers.ca, **login("PLAIN"))
        with pytest.raises(MisconfiguredError, match="ZHITUI_KAFKA_CA_FILE") as told:
            await reach(link_of(settings))
    assert server.visits == 1
    assert server.told == b""
    assert PASSWORD not in f"{told.value!r}{told.value.__cause__!r}"


@pytest.mark.parametrize("bad", BAD)
async def test_mongodb_is_told_nothing(papers: Papers, tmp_path: Path, bad: str) -> None:
    async with front(getattr(papers, bad)) as server:
        settings = mongo_settings(tmp_path, server.address, ca=papers.ca, password=PASSWORD)
        with pytest.raises(MisconfiguredError, match=r"ZHITUI_MONGO_URI.*tlsCAFile") as told:
            async with open_link(settings):
                pass
    assert server.visits
    assert server.told == b""
    assert PASSWORD not in f"{told.value!r}{told.value.__cause__!r}"
