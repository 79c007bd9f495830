"""The OPS source against a stand-in of OPS: nothing left out, nothing asked faster or more than OPS allows."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from services.ingest.sources.ops.access import Access
from services.ingest.sources.ops.source import OpsSource
from services.ingest.sources.problems import WEB_PAGE
from shared.errors import RateLimitedError, RetryLaterError, SourceProblemError
from shared.testing.clock import ManualClock
from shared.testing.ops import Answer, FakeOps, Published
from tests.integration.ingest.visiting import TODAY, HeldVisit, Killed
from tests.reference import reference

KEY, SECRET = "consumer-key", "consumer-secret"
FIRST_DAY = date(2026, 1, 6)


def published(count: int, on: date, first: int = 100_000_000) -> list[Published]:
    return [Published(number=str(first + number), on=on) for number in range(count)]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(TODAY)


@pytest.fixture
async def ops(clock: ManualClock) -> AsyncIterator[FakeOps]:
    async with FakeOps(clock=clock, key=KEY, secret=SECRET) as server:
        yield server


def source(ops: FakeOps, clock: ManualClock, *, secret: str = SECRET, **more: object) -> OpsSource:
    given = {"queries": ["pn=CN and pa=example"], "back_days": 14, "legal_events": False} | more
    return OpsSource(
        Access(ops.base_url, KEY, SecretStr(secret), clock),
        every=timedelta(hours=12),
        clock=clock,
        zone=ZoneInfo("Asia/Shanghai"),
        **given,  # type: ignore[arg-type]
    )


def numbers(visit: HeldVisit) -> Counter[str]:
    found = [re.findall(rb'<exchange-document [^>]*doc-number="(\d+)"', body) for _, body in visit.taken]
    return Counter(number.decode() for page in found for number in page)


def everything(ops: FakeOps) -> Counter[str]:
    return Counter(one.number for one in ops.documents)


async def test_a_visit_takes_every_page_of_the_last_days_once(ops: FakeOps, clock: ManualClock) -> None:
    ops.documents = published(250, FIRST_DAY)
    too_old = Published(number="1", on=FIRST_DAY - timedelta(days=1))
    ops.documents.append(too_old)
    visit = HeldVisit(clock)
    await source(ops, clock).visit(visit)
    assert numbers(visit) == everything(ops) - Counter([too_old.number])
    assert [asked for _, asked in ops.searches] == ["1-100", "101-200", "201-300"]
    assert {query for query, _ in ops.searches} == {'(pn=CN and pa=example) and pd within "20260106 20260120"'}
    assert visit.taken[2][0] == "20260106-20260120 201-250.xml"
    assert [*visit.cursor.values()] == ['{"through":"2026-01-20"}']


async def test_days_with_more_results_than_a_query_gives_are_asked_in_parts(ops: FakeOps, clock: ManualClock) -> None:
    for day in range(15):
        ops.documents += published(150, FIRST_DAY + timedelta(days=day), first=1000 * day + 100_000)
    ops.limits["search"] = 1000
    visit = HeldVisit(clock)
    await source(ops, clock).visit(visit)
    assert numbers(visit) == everything(ops)
    assert len({query for query, _ in ops.searches}) <= 4


async def test_a_day_with_too_many_results_is_told_and_the_others_are_taken(ops: FakeOps, clock: ManualClock) -> None:
    ops.documents = published(2100, FIRST_DAY) + published(3, FIRST_DAY + timedelta(days=3), first=5)
    ops.limits["search"] = 1000
    visit = HeldVisit(clock)
    with pytest.raises(SourceProblemError, match=r"2026-01-06 有 2100 件；OPS 一天一个查询最多给 2000 件"):
        await source(ops, clock).visit(visit)
    assert numbers(visit).total() == 2003
    assert [*visit.cursor.values()] == ['{"through":"2026-01-20"}']


async def test_after_a_crash_the_next_visit_goes_on_at_the_page_that_was_not_remembered(
    ops: FakeOps, clock: ManualClock
) -> None:
    ops.documents = published(450, FIRST_DAY)
    killed = HeldVisit(clock)
    killed.dies_after = 3
    with pytest.raises(Killed):
        await source(ops, clock).visit(killed)
    again = HeldVisit(clock, killed.cursor)
    await source(ops, clock).visit(again)
    assert [name.split()[1] for name, _ in again.taken] == ["201-300.xml", "301-400.xml", "401-450.xml"]
    assert set(numbers(killed)) | set(numbers(again)) == set(everything(ops))


async def test_the_next_walk_begins_some_days_before_the_end_of_the_last(ops: FakeOps, clock: ManualClock) -> None:
    visit = HeldVisit(clock)
    await source(ops, clock).visit(visit)
    clock.set(TODAY + timedelta(days=2))
    late = Published(number="7", on=date(2026, 1, 8))
    ops.documents.append(late)
    again = HeldVisit(clock, visit.cursor)
    await source(ops, clock).visit(again)
    assert ops.searches[-1][0].endswith('pd within "20260106 20260122"')
    assert numbers(again) == Counter([late.number])


async def test_another_query_begins_anew(ops: FakeOps, clock: ManualClock) -> None:
    visit = HeldVisit(clock)
    await source(ops, clock).visit(visit)
    again = HeldVisit(clock, visit.cursor)
    await source(ops, clock, queries=["pa=other"], back_days=1).visit(again)
    assert ops.searches[-1][0] == '(pa=other) and pd within "20260119 20260120"'


async def test_of_several_queries_a_visit_goes_on_with_the_one_that_was_broken_off(
    ops: FakeOps, clock: ManualClock
) -> None:
    ops.documents = published(150, FIRST_DAY)
    queries = ["pa=one", "pa=two", "pa=three"]
    killed = HeldVisit(clock)
    killed.dies_after = 4
    with pytest.raises(Killed):
        await source(ops, clock, queries=queries).visit(killed)
    again = HeldVisit(clock, killed.cursor)
    await source(ops, clock, queries=queries).visit(again)
    assert [name.replace("20260106-20260120 ", "") for name, _ in killed.taken + again.taken] == [
        *("1: 1-100.xml", "1: 101-150.xml", "2: 1-100.xml", "2: 101-150.xml"),
        *("2: 101-150.xml", "3: 1-100.xml", "3: 101-150.xml"),
    ]
    await source(ops, clock, queries=queries).visit(last := HeldVisit(clock, again.cursor))
    assert len(last.taken) == 6
    await source(ops, clock, queries=queries[1:]).visit(last)
    assert len(last.cursor) == 2


async def test_requests_keep_the_pace_that_ops_asks_for(ops: FakeOps, clock: ManualClock) -> None:
    ops.documents = published(1000, FIRST_DAY)
    ops.limits["search"] = 6
    visit = HeldVisit(clock)
    await source(ops, clock).visit(visit)
    assert numbers(visit) == everything(ops)
    assert visit.waited_seconds >= 60


async def test_one_token_lasts_until_shortly_before_it_ends(ops: FakeOps, clock: ManualClock) -> None:
    one = source(ops, clock)
    for _ in range(3):
        await one.visit(HeldVisit(clock))
    assert ops.tokens == 1
    clock.set(clock.now() + timedelta(minutes=19, seconds=30))
    await one.visit(HeldVisit(clock))
    assert ops.tokens == 2


async def test_a_token_that_ops_forgot_is_asked_for_again(ops: FakeOps, clock: ManualClock) -> None:
    one = source(ops, clock)
    await one.visit(HeldVisit(clock))
    ops.forget_tokens()
    await one.visit(HeldVisit(clock))
    assert ops.tokens == 2


async def test_wrong_credentials_are_told_without_showing_them(ops: FakeOps, clock: ManualClock) -> None:
    with pytest.raises(SourceProblemError, match="ZHITUI_OPS_KEY") as caught:
        await source(ops, clock, secret="wr0ng").visit(HeldVisit(clock))
    assert "wr0ng" not in str(caught.value)
    assert SECRET not in repr(caught.value)


@pytest.mark.parametrize(
    ("reason", "headers", "seconds"),
    [
        ("IndividualQuotaPerHour", {}, 600),
        ("RegisteredQuotaPerWeek", {}, 6 * 3600),
        ("AnonymousQuotaPerMinute", {}, 60),
        ("AnonymousQuotaPerDay", {}, 6 * 3600),
        ("ThrottlingControlQuota", {"Retry-After": "216383"}, 216.383),
    ],
)
async def test_a_quota_that_is_used_up_is_waited_for(
    ops: FakeOps, clock: ManualClock, reason: str, headers: dict[str, str], seconds: float
) -> None:
    ops.script.append(Answer(status=403, headers={"X-Rejection-Reason": reason} | headers))
    with pytest.raises(RateLimitedError) as caught:
        await source(ops, clock).visit(HeldVisit(clock))
    assert caught.value.after_seconds == pytest.approx(seconds)
    assert "OPS" in str(caught.value)


async def test_a_quota_that_ends_in_the_middle_loses_nothing(ops: FakeOps, clock: ManualClock) -> None:
    ops.documents = published(350, FIRST_DAY)
    ops.week_bytes = 80_000
    visit = HeldVisit(clock)
    with pytest.raises(RateLimitedError, match="每周"):
        await source(ops, clock).visit(visit)
    ops.week_bytes = 10**9
    again = HeldVisit(clock, visit.cursor)
    await source(ops, clock).visit(again)
    assert numbers(visit) + numbers(again) == everything(ops)


async def test_a_black_light_longer_than_a_visit_ends_it_until_then(ops: FakeOps, clock: ManualClock) -> None:
    control = {"X-Throttling-Control": "overloaded (search=black:0)", "Retry-After": "300000"}
    ops.documents = published(150, FIRST_DAY)
    one = source(ops, clock)
    ops.script.append(Answer(status=503, headers=control))
    with pytest.raises(RateLimitedError) as caught:
        await one.visit(HeldVisit(clock))
    assert caught.value.after_seconds == pytest.approx(300)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_in_trouble_is_asked_again(ops: FakeOps, clock: ManualClock, status: int) -> None:
    ops.documents = published(5, FIRST_DAY)
    ops.script.extend([Answer(status=status, body=b"<html>busy</html>")] * 2)
    visit = HeldVisit(clock)
    await source(ops, clock).visit(visit)
    assert numbers(visit) == everything(ops)
    ops.script.extend([Answer(status=status)] * 3)
    with pytest.raises(RetryLaterError, match=str(status)):
        await source(ops, clock).visit(HeldVisit(clock))


async def test_an_answer_that_is_too_large_is_asked_for_in_smaller_pages(ops: FakeOps, clock: ManualClock) -> None:
    ops.documents = published(120, FIRST_DAY)
    ops.script.append(Answer(status=413, body=b"<fault><code>CLIENT.RequestTooLarge</code></fault>"))
    visit = HeldVisit(clock)
    await source(ops, clock).visit(visit)
    assert numbers(visit) == everything(ops)
    assert ops.searches[0][1] == "1-25"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(status=200, body=b"<!DOCTYPE html><script>challenge()</script>"), WEB_PAGE),
        (Answer(status=200, body=b"<maintenance/>"), "没有检索结果"),
        (Answer(status=403, headers={"X-Rejection-Reason": "Blacklisted"}), "封锁"),
        (Answer(status=403, body=b"<html><body>gateway</body></html>"), WEB_PAGE),
        (Answer(status=404, body=b"not here"), "ZHITUI_OPS_BASE_URL"),
        (Answer(status=302, headers={"Location": "http://portal.example/login"}), "HTTP 302"),
        (
            Answer(status=400, body=b"<fault><code>CLIENT.CQL</code><message>no such index</message></fault>"),
            "CLIENT.CQL：no such index",
        ),
    ],
)
async def test_what_somebody_must_mend_is_told(ops: FakeOps, clock: ManualClock, answer: Answer, told: str) -> None:
    ops.script.append(answer)
    visit = HeldVisit(clock)
    with pytest.raises(SourceProblemError, match=re.escape(told)):
        await source(ops, clock).visit(visit)
    assert not visit.taken


@pytest.mark.parametrize("base_url", ["ops.epo.org", "ftp://ops.epo.org", "https://ops.epo.org:99999", "https://["])
async def test_an_address_that_is_none_is_named(clock: ManualClock, base_url: str) -> None:
    access = Access(base_url, KEY, SecretStr(SECRET), clock)
    with pytest.raises(SourceProblemError, match="ZHITUI_OPS_BASE_URL"):
        await access.get("/x", query={}, service="search", pause=clock.sleep)


async def test_a_server_that_is_not_there_is_tried_later(clock: ManualClock) -> None:
    async with FakeOps(clock=clock, key=KEY, secret=SECRET) as gone:
        one = source(gone, clock)
    with pytest.raises(RetryLaterError, match="连不上 OPS"):
        await one.visit(HeldVisit(clock))


async def test_a_visit_ends_between_pages_when_the_process_is_to_stop(ops: FakeOps, clock: ManualClock) -> None:
    ops.documents = published(300, FIRST_DAY)
    visit = HeldVisit(clock)
    take = visit.take

    async def take_and_stop(name: str, content: bytes) -> object:
        visit.stop.set()
        return await take(name, content)

    visit.take = take_and_stop  # type: ignore[method-assign,assignment]
    await source(ops, clock).visit(visit)
    assert len(visit.taken) == 1
    assert '"first":101' in visit.cursor[visit.cursor["next"]]


async def test_legal_events_are_asked_for_when_that_is_set_and_taken_where_there_are_any(
    ops: FakeOps, clock: ManualClock
) -> None:
    ops.documents = [*published(2, FIRST_DAY), Published(number="9", on=FIRST_DAY, legal_codes=("TR01", "PE01"))]
    visit = HeldVisit(clock)
    await source(ops, clock, legal_events=True).visit(visit)
    assert sorted(ops.asked_for) == ["CN.100000000.A", "CN.100000001.A", "CN.9.A"]
    ((name, body),) = visit.taken[1:]
    assert name == "CN.9.A legal.xml"
    assert body.count(b"<ops:legal ") == 2


async def test_a_check_counts_what_the_query_finds_and_takes_nothing(ops: FakeOps, clock: ManualClock) -> None:
    ops.documents = published(12, FIRST_DAY)
    one = source(ops, clock)
    assert await one.check() == "OPS 可以访问；最近 30 天有 12 件公开符合查询式。本周已用流量 0 MiB。"
    ops.documents.clear()
    clock.set(clock.now() + timedelta(minutes=1))
    assert "没有找到任何公开的查询式：“pn=CN and pa=example”" in await one.check()


@pytest.mark.data
async def test_a_recorded_answer_is_counted_as_ops_counts(ops: FakeOps, clock: ManualClock) -> None:
    recorded = reference("ops", "patentdev_search_with_constituent.xml").read_bytes()
    ops.script.append(Answer(status=200, body=recorded))
    assert "有 10000 件公开" in await source(ops, clock).check()


@pytest.mark.data
async def test_of_a_recorded_answer_every_document_is_asked_for(ops: FakeOps, clock: ManualClock) -> None:
    recorded = reference("ops", "patentdev_search_with_constituent.xml").read_bytes()
    few = recorded.replace(b'total-result-count="10000"', b'total-result-count="3"')
    ops.script.append(Answer(status=200, body=few))
    await source(ops, clock, legal_events=True).visit(HeldVisit(clock))
    assert ops.asked_for == ["AU.2024270787.A1", "AU.2024265697.A1", "DK.3740998.T3"]
