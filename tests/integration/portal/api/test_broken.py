"""A store or bus that does not answer: the program is told to come again, and nothing half made counts."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from shared.advice import Progress
from shared.errors import RetryLaterError
from shared.filing.profile_cards import PROFILE_CARDS
from shared.testing.advice import PlainAdvice
from tests.integration.portal.api.bench import Bench, Tenant
from tests.integration.portal.api.test_editing import BATTERY

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_what_could_not_be_made_is_not_counted_and_can_be_made_again_with_its_key(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise RetryLaterError("磁盘已满", after_seconds=7)

    with monkeypatch.context() as broken:
        broken.setattr("services.portal.desk.profiles.save", full)
        status, headers, body = await bench.ask(ours.token, "POST", "/profiles", BATTERY, Idempotency_Key="k")
        assert (status, body["code"], headers["Retry-After"]) == (503, "not-now", "7")
        assert "磁盘" not in body["detail"], "what is wrong inside is for the operator"
    assert await bench.around.store.shelf(PROFILE_CARDS).count(ours.actor.organisation_id) == 0
    assert (await bench.ask(ours.token, "POST", "/profiles", BATTERY, Idempotency_Key="k"))[0] == 201


async def test_saving_a_profile_waits_for_no_check_that_is_slow_or_away(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def starting(*_: object) -> None:
        await asyncio.Event().wait()

    async def away(*_: object) -> None:
        raise RetryLaterError("回看进程意外退出")

    monkeypatch.setattr("services.portal.desk.profiles.PATIENCE_SECONDS", 0.01)
    for check in (starting, away):
        monkeypatch.setattr(PlainAdvice, "check", check)
        status, _, made = await bench.ask(ours.token, "POST", "/profiles", BATTERY)
        assert status == 201
        assert (await bench.ask(ours.token, "PUT", f"/profiles/{made['id']}", BATTERY, If_Match='"1"'))[0] == 200


async def test_an_error_that_nobody_thought_of_is_a_problem_that_tells_nothing(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(*_: object, **__: object) -> None:
        raise KeyError("zhitui_secret")

    monkeypatch.setattr(bench.desk.profiles, "page", wrong)
    status, headers, body = await bench.ask(ours.token, "GET", "/profiles", Accept_Language="en")
    assert (status, body["code"], body["title"]) == (500, "server-fault", "Server fault")
    assert "zhitui_secret" not in str(body)
    assert headers["RateLimit"]


async def test_a_removal_that_broke_off_is_finished_when_it_is_asked_for_again(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, made = await bench.ask(ours.token, "POST", "/profiles", BATTERY)
    path = f"/profiles/{made['id']}"

    async def full(*_: object) -> bool:
        raise RetryLaterError("磁盘已满")

    with monkeypatch.context() as broken:
        broken.setattr("services.portal.desk.profiles.forget", full)
        assert (await bench.ask(ours.token, "DELETE", path, If_Match='"1"'))[0] == 503
    assert (await bench.ask(ours.token, "GET", path))[0] == 404
    _, _, listed = await bench.ask(ours.token, "GET", "/profiles")
    assert listed["items"] == []
    assert (await bench.ask(ours.token, "DELETE", path, If_Match='"1"'))[0] == 204
    assert await bench.around.store.profiles.get(made["id"]) is None
    assert await bench.around.store.shelf(PROFILE_CARDS).count(ours.actor.organisation_id) == 0


@pytest.mark.parametrize("error", [RetryLaterError("回看进程意外退出"), KeyError("nobody thought of it")])
async def test_an_answer_that_breaks_off_is_not_taken_for_all_of_it(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def broken(*_: object, **__: object) -> AsyncIterator[Progress]:
        yield Progress(done=1, total=2)
        raise error

    monkeypatch.setattr(PlainAdvice, "backtest", broken)
    asked = {"profile": BATTERY, "since": "2026-01-01"}
    with pytest.raises(aiohttp.ClientPayloadError):
        await bench.ask(ours.token, "POST", "/trials/backtest", asked)
