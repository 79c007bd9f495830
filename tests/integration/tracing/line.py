"""The whole line, embedded, from a file of publications to a mailbox."""

import json
from collections.abc import Sequence
from pathlib import Path

from services.cli.session import open_session
from services.ingest.wiring import open_role as open_ingest
from services.matcher.wiring import open_role as open_matcher
from services.notifier.wiring import open_role as open_notifier
from shared.bus.port import Record
from shared.bus.topics import PROFILES
from shared.runtime.process import run_process
from shared.runtime.role import Surroundings
from shared.settings import Settings, load_settings
from shared.wire.events import ProfileSaved, encode_event
from shared.wire.profile import Profile, Rule
from tests.unit.notifier.making import NOW, mailbox, subscription

ADDRESS = "wang@example.com"
INGEST = (open_ingest,)
REST = (open_matcher, open_notifier)
ALL = INGEST + REST


def settings_of(folder: Path, smtp_port: int, **given: object) -> Settings:
    """Return settings that mail to this port."""
    values: dict[str, object] = {
        "data_dir": folder,
        "http_port": 0,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp_port,
        "smtp_security": "none",
        "log_format": "json",
    }
    return load_settings(**values | given)


async def run(settings: Settings, numbers: Sequence[str], roles: Sequence[object] = ALL) -> None:
    """Drop a file with these publications into the folder, and run the roles until all is done."""
    async with open_session(settings) as around:
        await prepare(around)
        if numbers:
            drop(settings.watch_folder, numbers)
        await run_process(around, roles, until_idle=True)  # type: ignore[arg-type]


async def prepare(around: Surroundings) -> None:
    """Save a profile, a mailbox, and who wants what where."""
    profile = Profile(id="p-1", name="固态电池", rules=(Rule(groups=(("固态电池",),)),))
    saved = encode_event(ProfileSaved(profile=profile, saved_at=NOW))
    await around.bus.append(PROFILES, [Record(key=profile.id, value=saved)])
    await around.store.profiles.put([profile], saved_at=NOW)
    await around.store.destinations.put(mailbox(address=ADDRESS))
    await around.store.subscriptions.put(subscription())


def drop(folder: Path, numbers: Sequence[str]) -> None:
    """Put a file of publications into the folder, whole."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps(
            {
                "publication_number": number,
                "kind": number[-1],
                "title": f"一种固态电池{n}",
                "published_on": "2026-01-02",
            }
        )
        for n, number in enumerate(numbers)
    ]
    arriving = folder.parent / "arriving"
    arriving.write_text("\n".join(lines) + "\n", "utf-8")
    arriving.replace(folder / "day.jsonl")
