"""What the settings name is what is visited."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.ingest.sources.configured import configured_sources
from shared.errors import MisconfiguredError
from shared.settings import load_settings
from shared.testing.clock import ManualClock
from tests.integration.ingest.visiting import TODAY


def test_feeds_and_folders_of_every_kind_become_sources() -> None:
    folders = [
        {"name": "a", "url": "sftp://u:p@example.org/~/in", "every_minutes": 5},
        {"name": "b", "url": "davs://example.org/in"},
        {"name": "c", "url": "s3://bucket/in"},
    ]
    settings = load_settings(feeds=[{"name": "wipo", "url": "https://example.org/rss"}], folders=folders)
    found = configured_sources(settings, ManualClock(TODAY))
    assert [(one.name, one.kind, one.every) for one in found] == [
        ("feed:wipo", "feed", timedelta(hours=1)),
        ("folder:a", "folder", timedelta(minutes=5)),
        ("folder:b", "folder", timedelta(minutes=10)),
        ("folder:c", "folder", timedelta(minutes=10)),
    ]


def test_a_password_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    folder = {"name": "a", "url": "sftp://example.org/", "password_file": str(tmp_path / "nothing")}
    with pytest.raises(MisconfiguredError, match="password_file"):
        configured_sources(load_settings(folders=[folder]), ManualClock(TODAY))
