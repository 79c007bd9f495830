"""Who does not answer, and who is owed very much, delays nobody else."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from services.notifier.delivery.breakers import FIRST_PROBE, OPENS_AFTER
from services.notifier.delivery.places import ONE_HOST, PROBES
from services.notifier.delivery.ready import IN_A_ROW
from shared.store.records import Attempt, DeliveryState
from tests.integration.notifier.sending import open_sending


async def test_destinations_that_do_not_answer_delay_those_that_do_by_a_moment_only(tmp_path: Path) -> None:
    async with open_sending(tmp_path) as sending:
        dead = [f"dead-{n}" for n in range(60)]
        sending.channel.silent.update(dead)
        await sending.owe({**dict.fromkeys(dead, 3), **{f"living-{n}": 2 for n in range(30)}})
        async with sending.running():
            await sending.until(lambda: len(sending.channel.sent) == 60)
            assert all(sending.channel.calls[one] <= 1 for one in dead)


async def test_a_host_that_is_silent_is_probed_by_one_of_its_destinations_and_then_served_whole(tmp_path: Path) -> None:
    async with open_sending(tmp_path, timeout_seconds=0.05) as sending:
        names = [f"d-{n}" for n in range(40)]
        sending.channel.silent.update(names)
        await sending.owe(dict.fromkeys(names, 1), host="one.example.cn")
        async with sending.running():
            await sending.until(lambda: sending.dispatcher.silent_hosts == ["one.example.cn"])
            begun = sum(sending.channel.calls.values())
            assert OPENS_AFTER <= begun <= OPENS_AFTER + ONE_HOST
            sending.channel.silent.clear()

            def served() -> bool:  # calls that began in the silence may open the breaker once more
                if sending.dispatcher.silent_hosts:
                    sending.clock.ahead += FIRST_PROBE
                return len(sending.channel.sent) >= len(names) - begun

            await sending.until(served)


async def test_many_that_were_silent_and_answer_again_are_served_without_waiting_for_the_end_of_a_rest(
    tmp_path: Path,
) -> None:
    async with open_sending(tmp_path) as sending:
        names = [f"d-{n}" for n in range(3 * PROBES)]
        await sending.owe(dict.fromkeys(names, 2), failed=names)
        async with sending.running():
            await sending.until(lambda: len(sending.channel.sent) == 2 * len(names))


async def test_a_destination_that_is_owed_much_is_tried_with_one_message_while_nobody_knows_whether_it_answers(
    tmp_path: Path,
) -> None:
    async with open_sending(tmp_path) as sending:
        sending.channel.silent.add("dead")
        await sending.owe({"dead": 5, "living": 5})
        async with sending.running():
            await sending.until(lambda: len(sending.channel.sent) == 5)
        assert sending.channel.calls == {"dead": 1, "living": 5}
        assert sending.channel.sent == [f"living-{n}" for n in range(5)]


async def test_one_host_is_called_by_a_dozen_destinations_at_a_time(tmp_path: Path) -> None:
    async with open_sending(tmp_path, answer_seconds=0.03) as sending:
        await sending.owe(
            {f"d-{n}": 1 for n in range(150)}, host="one.example.cn"
        )  # it is learnt that so many are worth it
        async with sending.running():
            await sending.until(lambda: len(sending.channel.sent) == 150)
        assert sending.channel.most_at_once == ONE_HOST


async def test_once_an_answer_is_written_down_those_are_called_whose_places_other_answers_left_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_sending(tmp_path) as sending:
        deliveries = sending.around.store.deliveries
        may_write, finish = asyncio.Semaphore(0), deliveries.finish

        async def held(
            attempt: Attempt, *, state: DeliveryState, now: datetime, next_attempt_at: datetime | None = None
        ) -> None:
            await may_write.acquire()
            await finish(attempt, state=state, now=now, next_attempt_at=next_attempt_at)

        monkeypatch.setattr(deliveries, "finish", held)
        await sending.owe({f"d-{n}": 1 for n in range(4 * ONE_HOST)}, host="one.example.cn")
        async with sending.running():
            await sending.until(lambda: len(sending.channel.sent) == ONE_HOST)
            may_write.release()
            await sending.until(lambda: len(sending.channel.sent) == 2 * ONE_HOST)
            await sending.dispatcher.is_idle()  # the store has answered: who was to be called by now was
            written, unwritten, under_way = 1, ONE_HOST, ONE_HOST
            assert len(sending.channel.calls) <= written + unwritten + under_way
            for _ in range(4 * ONE_HOST):
                may_write.release()
            await sending.until(lambda: len(sending.channel.sent) == 4 * ONE_HOST)


async def test_destinations_that_are_owed_much_do_not_come_before_all_others(tmp_path: Path) -> None:
    async with open_sending(tmp_path) as sending:
        hogs = {f"hog-{n}": 300 for n in range(16)}
        await sending.owe({**hogs, **{f"small-{n}": 1 for n in range(10)}})
        async with sending.running():
            await sending.until(lambda: any(one.startswith("small") for one in sending.channel.sent))
            await sending.until(lambda: sum(one.startswith("small") for one in sending.channel.sent) == 10)
        before = sum(one.startswith("hog") for one in sending.channel.sent)
        assert before <= 2 * IN_A_ROW * len(hogs)
