"""Profiles that somebody edits all the time, as ``zhitui profile add`` and ``remove`` do; every answer is remembered."""

import asyncio
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.cli.session import open_session
from shared.errors import RetryLaterError
from shared.profile_edits import forget, save
from shared.wire.profile import Profile, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.runtime.role import Surroundings
    from shared.settings import Settings

EDITED = ("edited0", "edited1", "edited2")
WORDS = ("甲级装置", "乙级装置", "丙级装置", "丁级装置")
"""Every publication holds all of them; each version of a profile wants another one."""

SHARE_OF_REMOVALS = 0.25

SHARE_OF_BULKS = 0.2
BULK = 2_000
"""So many profiles that nothing matches are saved together with the edited one, before it: a matcher needs a while for them."""


def word_of(version: int) -> str:
    """Return what a version wants."""
    return WORDS[version % len(WORDS)]


def name_of(version: int) -> str:
    """Return what a version is called: by that it is known in the matches."""
    return f"v{version}"


@dataclass(slots=True, kw_only=True)
class Edit:
    """One edit of one profile; moments by `time.monotonic`, ``began_at`` also by the wall's clock.

    Attributes:
        version: 1, 2, 3, … of each profile.
        removes: whether the profile is gone afterwards.
        acknowledged: infinity when nobody said that it is safe.
    """

    profile_id: str
    version: int
    removes: bool
    began: float
    began_at: float
    acknowledged: float = float("inf")


@dataclass
class Editor:
    """A thread that edits; one edit of a profile after another, each tried until it is acknowledged, as people do.

    Attributes:
        after_bulk: called the moment that a bulk is acknowledged.
        bulk_now: set it to have a bulk saved at once.
    """

    settings: "Settings"
    seed: int
    after_bulk: "Callable[[], None]"
    edits: list[Edit] = field(default_factory=list)
    refused: int = 0
    bulk_now: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="editor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the edit that is under way."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(120)
            assert not self._thread.is_alive(), "an edit is never acknowledged"

    async def _run(self) -> None:
        chance = random.Random(self.seed)
        versions = dict.fromkeys(EDITED, 0)
        around: Surroundings | None = None
        while not self._stop.is_set():
            with suppress(RetryLaterError):
                async with open_session(self.settings) as around:
                    while not self._stop.is_set():
                        profile_id = chance.choice(EDITED)
                        versions[profile_id] += 1
                        removes = chance.random() < SHARE_OF_REMOVALS and not self.bulk_now.is_set()
                        is_bulk = chance.random() < SHARE_OF_BULKS or self.bulk_now.is_set()
                        bulk = ballast(chance.randrange(BULK)) if is_bulk else []
                        self.bulk_now.clear()
                        await self._edit(around, profile_id, versions[profile_id], removes=removes, bulk=bulk)
                        await asyncio.to_thread(self.bulk_now.wait, chance.uniform(0.1, 1.5))

    async def _edit(
        self, around: "Surroundings", profile_id: str, version: int, *, removes: bool, bulk: list[Profile]
    ) -> None:
        edit = Edit(
            profile_id=profile_id, version=version, removes=removes, began=time.monotonic(), began_at=time.time()
        )
        self.edits.append(edit)
        while True:
            try:
                if removes:
                    await forget(around, profile_id)
                else:
                    await save(around, [*bulk, profile_of(profile_id, version)])
            except RetryLaterError:
                self.refused += 1
                await asyncio.sleep(0.2)
            else:
                edit.acknowledged = time.monotonic()
                if bulk:
                    self.after_bulk()
                return


def profile_of(profile_id: str, version: int) -> Profile:
    """Return a version."""
    return Profile(id=profile_id, name=name_of(version), rules=(Rule(groups=((word_of(version),),)),))


def ballast(first: int) -> list[Profile]:
    """Return a bulk of profiles, anew each time."""
    return [
        Profile(id=f"ballast{number:04}", name=str(first), rules=(Rule(groups=((f"无此词汇{number + first}",),)),))
        for number in range(BULK)
    ]
