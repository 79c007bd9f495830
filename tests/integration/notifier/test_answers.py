"""What a vendor took is known to the next process, though the last one was killed before the store heard of it."""

import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from services.notifier.delivery.answer_file import ROOM_BYTES
from services.notifier.delivery.answers import FOLDER, Answers, Taken
from shared.runtime.members import Everything
from shared.store.records import Attempt, Delivery, DeliveryState
from tests.contract.made import NOW
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import robot

KILLS_ITSELF = """
import os, signal, sys
from pathlib import Path
import msgspec
from services.notifier.delivery.answers import Answers, Taken
answers = Answers(Path(sys.argv[1]))
for taken in msgspec.json.decode(sys.argv[2], type=list[Taken]):
    answers.note(taken.attempt, taken.at)
os.kill(os.getpid(), signal.SIGKILL)
"""


def taken(number: int) -> Attempt:
    return Attempt(
        delivery_id=f"d-{number}", destination_id="box", number=1, started_at=NOW, outcome=DeliveryState.SENT
    )


def left_by_a_dead_process(folder: Path, *attempts: Attempt, at: datetime = NOW) -> None:
    with Answers(folder) as answers:
        for attempt in attempts:
            assert answers.note(attempt, at)


def found(folder: Path) -> list[str]:
    return [one.attempt.delivery_id for _, many in Answers(folder).left() for one in many]


def test_what_a_killed_process_noted_is_found(tmp_path: Path) -> None:
    noted = msgspec.json.encode([Taken(attempt=taken(number), at=NOW) for number in range(3)])
    done = subprocess.run([sys.executable, "-c", KILLS_ITSELF, str(tmp_path), noted.decode()], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert found(tmp_path) == ["d-0", "d-1", "d-2"]


def test_what_a_living_process_notes_is_its_own(tmp_path: Path) -> None:
    with Answers(tmp_path) as living:
        assert living.note(taken(0), NOW)
        assert found(tmp_path) == []
    assert found(tmp_path) == ["d-0"]


def test_who_ends_with_all_in_the_store_leaves_nothing(tmp_path: Path) -> None:
    with Answers(tmp_path) as answers:
        answers.note(taken(0), NOW)
        answers.written(taken(0))
    assert list(tmp_path.iterdir()) == []


def test_files_stay_small_and_keep_what_is_not_in_the_store(tmp_path: Path) -> None:
    with Answers(tmp_path) as answers:
        answers.note(taken(0), NOW)
        for number in range(1, ROOM_BYTES // 50):
            assert answers.note(taken(number), NOW)
            answers.written(taken(number))
        (file,) = tmp_path.iterdir()
        assert file.stat().st_size < 2 * ROOM_BYTES
    assert "d-0" in found(tmp_path)


def test_a_line_that_was_cut_off_says_nothing(tmp_path: Path) -> None:
    left_by_a_dead_process(tmp_path, taken(0), taken(1))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes().rstrip(b"\0")[:-20])
    assert found(tmp_path) == ["d-0"]


def test_where_nothing_can_be_noted_that_is_said_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    folder.write_text("in the way")
    with Answers(folder) as answers:
        assert not answers.note(taken(0), NOW)
        assert not answers.note(taken(1), NOW)
        folder.unlink()
        assert answers.note(taken(2), NOW)
    assert found(folder) == ["d-0", "d-1", "d-2"]


async def begun(bench: Bench) -> tuple[Delivery, Attempt]:
    (delivery,) = await bench.plan(robot())
    attempt = await bench.around.store.deliveries.start(
        delivery.id, owner="local", now=bench.clock.now(), lease_seconds=60
    )
    assert attempt is not None
    return delivery, msgspec.structs.replace(attempt, outcome=DeliveryState.SENT, duration_seconds=0.1)


async def test_what_was_taken_before_a_kill_is_not_sent_again(bench: Bench, tmp_path: Path) -> None:
    delivery, attempt = await begun(bench)
    at = bench.clock.now()
    left_by_a_dead_process(tmp_path / FOLDER, attempt, at=at)
    await bench.clock.advance(5)
    assert await bench.attempts.recover(frozenset(), Everything()) == 0
    after = await bench.stored(delivery)
    assert (after.state, after.sent_at, after.ambiguous) == (DeliveryState.SENT, at, 0)
    assert await bench.around.store.deliveries.attempts(delivery.id) == [attempt]
    assert list((tmp_path / FOLDER).iterdir()) == []


async def test_what_was_noted_of_another_attempt_of_the_same_number_settles_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    delivery, attempt = await begun(bench)
    earlier = msgspec.structs.replace(attempt, started_at=attempt.started_at - timedelta(days=1))
    left_by_a_dead_process(tmp_path / FOLDER, earlier, taken(0))
    assert await bench.attempts.recover(frozenset(), Everything()) == 1
    after = await bench.stored(delivery)
    assert (after.state, after.ambiguous) == (DeliveryState.WAITING, 1)


async def test_what_another_process_took_up_meanwhile_stays_its_own(bench: Bench, tmp_path: Path) -> None:
    delivery, attempt = await begun(bench)
    assert await bench.attempts.recover(frozenset(), Everything()) == 1
    again = await bench.around.store.deliveries.start(
        delivery.id, owner="other", now=bench.clock.now(), lease_seconds=60
    )
    assert again is not None
    left_by_a_dead_process(tmp_path / FOLDER, attempt)
    await bench.attempts.recover(frozenset(), Everything())
    after = await bench.stored(delivery)
    assert (after.state, after.owner) == (DeliveryState.SENDING, "other")
    assert [one.outcome for one in await bench.around.store.deliveries.attempts(delivery.id)] == [
        DeliveryState.SENT,
        DeliveryState.SENDING,
    ]
