"""Leaders, coordinators, controllers and primaries are lost, one of three or two of three: nothing else is."""

import os
import random
from pathlib import Path

import pytest

from tests.crash.city.edits import Editor
from tests.crash.city.replicas import LOSSES, losses, open_replicated_city
from tests.crash.city.run import run, tell
from tests.crash.city.stream import Stream

ROUNDS = int(os.environ.get("ZHITUI_CHAOS_ROUNDS", "1"))
SEED = int(os.environ.get("ZHITUI_CHAOS_SEED") or random.randrange(2**32))


@pytest.mark.crash
def test_what_a_loss_of_one_or_two_of_three_servers_takes_is_time(tmp_path: Path) -> None:
    print(f"\n{ROUNDS} rounds, seed {SEED}", flush=True)  # noqa: T201 - a run that hangs can be had again, too
    with open_replicated_city(tmp_path) as city:

        def suffer(stream: Stream, _editor: Editor) -> None:
            city.acknowledged = lambda: len(stream.acknowledged)
            city.suffer(losses(ROUNDS, SEED))

        found = run(city, suffer, seed=SEED)
        tell(found, seed=SEED, command=f"make chaos-replicas ROUNDS={ROUNDS} SEED={SEED}")
        assert sum(found.done.values()) == ROUNDS * len(LOSSES)
        assert city.promised_without_most == 0, "nothing is promised that one copy alone has"
        assert found.verdict.complaints() == {}, city.logs()
