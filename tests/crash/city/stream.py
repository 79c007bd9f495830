"""Publications that come all the time, pushed and as files; what was acknowledged is remembered."""

import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.crash.city.edits import WORDS
from tests.crash.scene import TERMS, TOKEN, number_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PUSH_SECONDS = (0.3, 1.6)
DROP_SECONDS = (1.5, 5.0)
"""Between two pushes, two files: no robot gets more in a minute than it may, with room to catch up."""

_ANSWER_SECONDS = 20.0


@dataclass
class Stream:
    """Two threads: a client that pushes until it is told that all is safe, and somebody who leaves files.

    Attributes:
        told: publication number → which term it holds.
        offered: publication number → when it was first offered, by `time.monotonic`.
        acknowledged: what the push answered to.
        now: set it to have something pushed at once.
        retries: pushes that were not answered, or not with yes.
    """

    watch: "Path"
    address: "Callable[[], str | None]"
    seed: int
    told: dict[str, int] = field(default_factory=dict)
    offered: dict[str, float] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    now: threading.Event = field(default_factory=threading.Event)
    retries: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        self.watch.mkdir(exist_ok=True)
        for work in (self._push_on, self._drop_on):
            thread = threading.Thread(target=work, name=work.__name__, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End; what was offered is pushed until it is acknowledged."""
        self._stop.set()
        for thread in self._threads:
            thread.join(180)
            assert not thread.is_alive(), "a push is never acknowledged"

    def unread(self) -> list[str]:
        """Return the files that ingest has not read to their end."""
        return [path.name for path in self.watch.glob("*.jsonl")]

    def _push_on(self) -> None:
        chance = random.Random(self.seed)
        while not self._stop.is_set():
            self.now.wait(chance.uniform(*PUSH_SECONDS))
            self.now.clear()
            numbers, lines = self._batch(chance, chance.randint(1, 4))
            while not self._push(lines):
                self.retries += 1
                time.sleep(0.3)
            self.acknowledged.update(numbers)

    def _drop_on(self) -> None:
        chance = random.Random(self.seed + 1)
        files = 0
        while not self._stop.wait(chance.uniform(*DROP_SECONDS)):
            files += 1
            hidden = self.watch / f".{files}.part"
            hidden.write_bytes(self._batch(chance, chance.randint(1, 6))[1])
            hidden.rename(self.watch / f"feed-{files:06d}.jsonl")

    def _batch(self, chance: random.Random, count: int) -> tuple[list[str], bytes]:
        index = chance.randrange(len(TERMS))
        with self._lock:
            numbers = [number_of(len(self.told) + more) for more in range(count)]
            self.told |= dict.fromkeys(numbers, index)
            self.offered |= dict.fromkeys(numbers, time.monotonic())
        lines = [json.dumps(_publication(number, TERMS[index]), ensure_ascii=False) + "\n" for number in numbers]
        return numbers, "".join(lines).encode()

    def _push(self, lines: bytes) -> bool:
        address = self.address()
        if address is None:
            return False
        request = urllib.request.Request(
            f"{address}/api/v1/publications",
            data=lines,
            headers={"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {TOKEN}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False


def _publication(number: str, term: str) -> dict[str, object]:
    return {
        "publication_number": number,
        "kind": "A",
        "title": f"一种{term}的检测方法",
        "abstract": "，".join(WORDS),
        "published_on": "2026-01-06",
        "applicants": [{"name": "广州某某科技有限公司", "region": "4401"}],
        "ipc": ["H01M10/0562"],
    }
