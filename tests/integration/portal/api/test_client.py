"""The Python client against the API that it was written for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from services.notifier.events.recording import Recorder
from shared.advice import Progress
from shared.filing.errands import ERRANDS
from shared.filing.event_calls import EVENT_CALLS, call_id
from shared.store.records import DeliveryState
from shared.testing.advice import WRONG, PlainAdvice
from shared.wire.subscription import DestinationState
from tests.contract.made import alert, delivery, match, plan, why
from tests.integration.portal.api.bench import PUBLICATIONS, Bench, Tenant
from zhitui.client import (
    Client,
    DestinationDraft,
    ProblemError,
    ProfileDraft,
    Rule,
    Said,
    SubscriptionDraft,
    Term,
)

DRAFT = ProfileDraft(
    name="固态电池", rules=[Rule(groups=[["固态电池", Term(text="隔膜", weight=0.5)]], ipc=["H01M10*"])]
)

pytestmark = pytest.mark.asyncio(loop_scope="package")
MAIL = DestinationDraft(channel="email", address="wang@example.cn", name="专利部")


async def test_an_integrators_first_hour(bench: Bench, ours: Tenant) -> None:
    async with Client(bench.address, ours.token) as zhitui:
        assert (await zhitui.me()).organisation_id == ours.actor.organisation_id
        assert (await zhitui.preview(DRAFT, weeks=2)).count.matches == 5
        assert [remark.level for remark in await zhitui.check(DRAFT)] == []
        profile = await zhitui.profiles.make(DRAFT)
        changed = await zhitui.profiles.replace(profile, ProfileDraft(name="隔膜", rules=profile.profile.rules))
        assert (changed.version, changed.profile.name, changed.profile.rules) == (2, "隔膜", profile.profile.rules)
        mail = await zhitui.destinations.make(MAIL)
        subscription = await zhitui.subscriptions.make(
            SubscriptionDraft(
                profiles=[profile.id], destinations=[mail.id], schedule="daily@09:00", cap=20, heartbeat=True
            )
        )
        assert subscription.heartbeat
        assert (await zhitui.subscriptions.do(subscription.id, "pause")).paused
        assert [one.id async for one in zhitui.subscriptions.all()] == [subscription.id]
        proof = await zhitui.send_proof(mail.id)
        assert (await zhitui.proof(mail.id, proof.id)).state == "waiting"
        filed = await bench.around.store.shelf(ERRANDS).get(proof.id)
        assert filed is not None
        assert (filed.document.task, filed.document.destination_id) == ("verify", mail.id)
        await zhitui.subscriptions.remove(await zhitui.subscriptions.get(subscription.id))
        assert [one.id async for one in zhitui.subscriptions.all()] == []


async def test_what_advice_says_comes_in_the_language_that_is_asked_for_and_without_one(
    bench: Bench, ours: Tenant
) -> None:
    draft = ProfileDraft(name="x", rules=[Rule(groups=[[WRONG]])])
    said = {}
    for language in ("zh", "en"):
        async with Client(bench.address, ours.token, language=language) as zhitui:
            (remark,) = await zhitui.check(draft)
            assert (await zhitui.preview(draft)).remarks == (remark,)
            (condition,) = (await zhitui.why_not(draft, PUBLICATIONS[0].publication_number)).conditions
            with pytest.raises(ProblemError) as refused:
                await zhitui.profiles.make(draft)
            assert refused.value.faults[0].detail == remark.text
            said[language] = (remark.text, condition.text)
            assert remark.said == Said(code="empty-term", values={"term": WRONG})
            assert condition.said == Said(
                code="group.absent", values={"fields": ["title"], "asked": [WRONG], "more": []}
            )
    assert said["zh"] == (f"关键词“{WRONG}”没有可以匹配的字，请改写或删去", f"标题里没有找到 “{WRONG}”")
    assert said["en"] == (
        f"Nothing is left of the keyword “{WRONG}” that a text could hold; write another, or remove it",
        f"Not found in title: “{WRONG}”",
    )


async def test_what_was_told_is_read_with_its_reasons_and_judged(bench: Bench, ours: Tenant) -> None:
    async with Client(bench.address, ours.token) as zhitui:
        profile = await zhitui.profiles.make(DRAFT)
        mail = await zhitui.destinations.make(MAIL)
        subscription = await zhitui.subscriptions.make(SubscriptionDraft(profiles=[profile.id], destinations=[mail.id]))
        alerts = [
            alert(f"CN{n}A", why(profile.id), subscription_id=subscription.id, destination_id=mail.id) for n in range(3)
        ]
        await bench.around.store.alerts.record([match(profile.id, number="CN0A")], alerts)
        found = [one async for one in zhitui.matches()]
        assert sorted(one.key for one in found) == ["CN0A", "CN1A", "CN2A"]
        assert found[0].reasons[0].evidence[0].term == "固态电池"
        await zhitui.judge("CN0A", "irrelevant")
        for odd in ("CN0A/../CN1A", "CN0A?x", "CN:transfer:2026-03-06:1f0c9a77"):
            with pytest.raises(ProblemError) as caught:
                await zhitui.judge(odd, "relevant")
            assert (caught.value.status, caught.value.code) == (404, "not-found"), "it is asked for what is named"
        with pytest.raises(ProblemError) as caught:
            await zhitui.judge("CN9A", "relevant")
        assert caught.value.status == 404


async def test_a_message_that_was_given_up_is_sent_again(bench: Bench, ours: Tenant) -> None:
    store, now = bench.around.store, bench.around.clock.now()
    async with Client(bench.address, ours.token) as zhitui:
        mail = await zhitui.destinations.make(MAIL)
        told = alert("CN1A", destination_id=mail.id)
        await store.alerts.record([], [told])
        assert await store.alerts.plan([plan(delivery("m-1", destination_id=mail.id), told)]) == [True]
        attempt = await store.deliveries.start("m-1", owner="me", now=now, lease_seconds=60)
        assert attempt is not None
        await store.deliveries.finish(attempt, state=DeliveryState.DEAD, now=now)
        assert [one.state async for one in zhitui.deliveries(state="dead")] == ["dead"]
        told_of = await zhitui.delivery("m-1")
        assert [(one.key, one.reasons[0].profile_id) for one in told_of.matches] == [("CN1A", "p-1")]
        again = await zhitui.retry("m-1")
        assert (again.delivery.state, [one.outcome for one in again.attempts]) == ("waiting", ["dead"])
        with pytest.raises(ProblemError) as caught:
            await zhitui.retry("m-1")
        assert caught.value.code == "not-given-up"


async def test_a_backtest_tells_how_far_it_is_and_ends_with_its_result(bench: Bench, ours: Tenant) -> None:
    async with Client(bench.address, ours.token) as zhitui:
        told = [one async for one in zhitui.backtest(DRAFT, since=date(2026, 1, 1))]
    assert [one.result is None for one in told] == [True, False]
    assert told[-1].result is not None
    assert told[-1].result.count.matches == 5


async def test_a_backtest_may_take_longer_than_a_request(
    bench: Bench, ours: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object, **__: object) -> AsyncIterator[Progress]:
        for done in range(4):
            await asyncio.sleep(0.4)
            yield Progress(done=done, total=4)

    monkeypatch.setattr(PlainAdvice, "backtest", slow)
    async with Client(bench.address, ours.token, timeout_seconds=1.0) as zhitui:
        assert len([one async for one in zhitui.backtest(DRAFT, since=date(2026, 1, 1))]) == 4


async def test_stored_publications_are_searched_and_held_against_a_profile(bench: Bench, ours: Tenant) -> None:
    async with Client(bench.address, ours.token) as zhitui:
        assert len([one async for one in zhitui.search("固态电池", limit="2")]) == 5
        answer = await zhitui.why_not(ProfileDraft(rules=[Rule(groups=[["隔膜"]])]), "CN1A")
        assert (answer.match, [one.holds for one in answer.conditions]) == (None, [False])
        with pytest.raises(ProblemError) as caught:
            await zhitui.why_not(DRAFT, "CN99A")
        assert caught.value.code == "no-such-publication"


async def test_a_problem_is_an_error_with_all_that_it_says(bench: Bench, ours: Tenant) -> None:
    async with Client(bench.address, ours.token, language="en") as zhitui:
        with pytest.raises(ProblemError) as caught:
            await zhitui.profiles.make(ProfileDraft(rules=[], min_score=7.0))
        assert (caught.value.status, caught.value.code) == (422, "invalid")
        assert {fault.pointer for fault in caught.value.faults} == {"/rules", "/min_score"}
        profile = await zhitui.profiles.make(DRAFT)
        await zhitui.profiles.replace(profile, DRAFT)
        with pytest.raises(ProblemError, match="changed-meanwhile"):
            await zhitui.profiles.replace(profile, DRAFT)


async def test_a_webhook_that_did_not_take_an_event_is_called_again_when_it_is_asked_for(
    bench: Bench, ours: Tenant, theirs: Tenant
) -> None:
    store = bench.around.store
    async with Client(bench.address, ours.token) as zhitui, Client(bench.address, theirs.token) as others:
        mail = await zhitui.destinations.make(MAIL)
        hook = await zhitui.destinations.make(
            DestinationDraft(channel="webhook", address="https://oa.example.cn/zhitui")
        )
        made = await store.destinations.get(hook.id)
        assert made is not None
        await store.destinations.put(replace(made, state=DestinationState.ACTIVE))
        await Recorder(store).disabled(mail.id, "信箱不存在", bench.around.clock.now())
        (event,) = [one async for one in zhitui.events()]
        assert event.untold == (hook.id,)
        calls = store.shelf(EVENT_CALLS)
        assert await calls.remove(call_id(event.id, hook.id))
        assert (await zhitui.retry_event(event.id)).id == event.id
        assert await calls.get(call_id(event.id, hook.id)) is not None
        with pytest.raises(ProblemError) as caught:
            await others.retry_event(event.id)
        assert caught.value.status == 404
        await store.destinations.put(replace(made, state=DestinationState.DISABLED))
        with pytest.raises(ProblemError) as caught:
            await zhitui.retry_event(event.id)
        assert (caught.value.status, caught.value.code) == (409, "nobody-to-tell")


async def test_events_are_read_again_from_a_moment_on(bench: Bench, ours: Tenant, theirs: Tenant) -> None:
    began = bench.around.clock.now()
    recorder = Recorder(bench.around.store)
    async with Client(bench.address, ours.token) as zhitui, Client(bench.address, theirs.token) as others:
        mail = await zhitui.destinations.make(MAIL)
        for hours in range(3):
            await recorder.disabled(mail.id, "信箱不存在", began + timedelta(hours=hours))
        assert [one.at for one in [event async for event in zhitui.events()]] == [
            began + timedelta(hours=hours) for hours in range(3)
        ]
        later = [event async for event in zhitui.events(since=began + timedelta(hours=1))]
        assert [(one.type, one.destination_id) for one in later] == [("destination.disabled", mail.id)] * 2
        assert [event async for event in others.events()] == []
