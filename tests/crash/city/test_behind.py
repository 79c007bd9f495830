"""Matchers that have fallen behind on the profiles get a publication first: what was saved before it is in force for it all the same."""

import math
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.city.city import City, open_city
from tests.crash.city.edits import Editor
from tests.crash.city.run import run, tell
from tests.crash.city.stream import Stream

SEED = 9
TIMES = 12
LONGEST_SECONDS = 10.0
MATCHERS = ("matcher1", "matcher2")


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.crash
def test_matchers_that_are_behind_match_by_what_was_saved_before(tmp_path: Path) -> None:
    def suffer(city: City, stream: Stream, editor: Editor) -> None:
        for _ in range(TIMES):
            city.wait_for_flow()
            for matcher in MATCHERS:
                city.signal(matcher, signal.SIGSTOP)
            before = len(editor.edits)
            editor.bulk_now.set()
            wait(lambda before=before: any(edit.acknowledged < math.inf for edit in editor.edits[before:]))  # type: ignore[misc]
            saved = time.monotonic()
            wait(lambda saved=saved: any(stream.offered[number] > saved for number in set(stream.acknowledged)))  # type: ignore[misc]
            for matcher in MATCHERS:
                city.signal(matcher, signal.SIGCONT)
            city.done["SIGSTOP during an edit", "matchers"] += 1

    with open_city(tmp_path) as city:
        found = run(city, lambda stream, editor: suffer(city, stream, editor), seed=SEED)
        tell(found, seed=SEED, command="matchers frozen while profiles are edited")
        assert found.verdict.complaints() == {}, city.logs()
        assert found.verdict.edits.sharp > TIMES
