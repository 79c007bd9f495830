"""Every reason has words, and every finding says what to do."""

from datetime import UTC, datetime

import pytest

from services.portal.facts import Facts
from services.portal.findings import REASONS, Level, shortened, stuck, who_does_what, why
from shared.errors import Reason
from shared.store.coordination import Lease, Member
from shared.store.incoming import IngestRun, RunState
from shared.store.records import Delivery, DeliveryState
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def facts(**known: object) -> Facts:
    nothing: dict[str, object] = {
        **dict.fromkeys(("publications", "matches"), 0),
        **{name: [] for name in ("runs", "profiles", "match_counts", "recent", "dead", "held", "retrying")},
        **{name: [] for name in ("destinations", "subscriptions", "pending", "lags", "dead_letters")},
        **{name: {} for name in ("delivery_counts", "quarantine_counts", "quarantine_reasons")},
        "storage_problem": None,
    }
    return Facts(at=NOW, **(nothing | known))  # type: ignore[arg-type]


def delivery(state: DeliveryState, reason: Reason | None = None, **more: object) -> Delivery:
    return Delivery(
        id="d-1", subscription_id="s", destination_id="x", channel=Channel.EMAIL, publication_numbers=("CN1A",),
        state=state, attempts=1, next_attempt_at=NOW, created_at=NOW, reason=reason, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_nothing_is_stuck_where_nothing_is() -> None:
    assert stuck(facts()) == []


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_meaning_and_a_remedy(reason: Reason) -> None:
    meaning, remedy = REASONS[reason]
    assert meaning
    assert remedy
    assert meaning in why(delivery(DeliveryState.DEAD, reason))


def test_on_a_cluster_who_reads_and_who_sends_is_told_by_name() -> None:
    shared = facts(
        on_cluster=True,
        leases=[Lease(name="watch-folder abc", owner="host-1-7-af", token=3)],
        members=[Member(role="notifier", instance=f"host-{n}") for n in (1, 2)],
    )
    assert [finding.what for finding in who_does_what(shared)] == [
        "监视文件夹由 host-1-7-af 负责",
        "推送由 2 个进程负责：host-1、host-2",
    ]
    assert stuck(shared) == []


def test_on_a_cluster_work_that_nobody_does_is_told() -> None:
    found = stuck(facts(on_cluster=True))
    assert [(finding.level, finding.command) for finding in found] == [
        (Level.WARNING, "zhitui serve ingest"),
        (Level.WARNING, "zhitui serve notifier"),
    ]
    assert who_does_what(facts(on_cluster=True)) == []


def test_why_tells_the_vendors_code_and_words() -> None:
    told = why(delivery(DeliveryState.DEAD, Reason.REJECTED, vendor_code="93000", detail="invalid webhook url"))
    assert "93000" in told
    assert "invalid webhook url" in told


@pytest.mark.parametrize(
    ("known", "level", "words"),
    [
        ({"storage_problem": "磁盘已满"}, Level.FAILED, "磁盘已满"),
        ({"dead": [delivery(DeliveryState.DEAD, Reason.GONE)]}, Level.FAILED, "已放弃"),
        ({"held": [delivery(DeliveryState.HELD)]}, Level.FAILED, "等待确认"),
        ({"delivery_counts": {("email", DeliveryState.DEAD): 7}}, Level.FAILED, "还有 7 条"),
        ({"retrying": [delivery(DeliveryState.WAITING, Reason.TIMEOUT)]}, Level.WARNING, "第 1 次没有成功"),
        ({"lags": [("zhitui.publications.v1", "matcher", 50_000)]}, Level.WARNING, "50,000"),
        ({"dead_letters": [("zhitui.matches.v1.dlq", 2)]}, Level.FAILED, "zhitui.matches.v1.dlq"),
        ({"quarantine_counts": {"bad-number": 3}}, Level.WARNING, "bad-number"),
        (
            {"runs": [IngestRun(id="r", source="watch", name="x.zip", state=RunState.FAILED, started_at=NOW)]},
            Level.WARNING,
            "x.zip",
        ),
        (
            {"profiles": [Profile(id="p-1", rules=(Rule(groups=(("电池",),)),))]},
            Level.WARNING,
            "没有订阅",
        ),
        (
            {"destinations": [Destination(id="x", channel=Channel.EMAIL, address="a@b.cn", created_at=NOW)]},
            Level.WARNING,
            "没有验证",
        ),
        (
            {
                "destinations": [
                    Destination(
                        id="x", channel=Channel.EMAIL, address="a@b.cn", state=DestinationState.DISABLED,
                        state_reason="邮箱不存在", created_at=NOW,
                    )
                ]
            },
            Level.FAILED,
            "邮箱不存在",
        ),
        (
            {"subscriptions": [Subscription(id="s", profiles=("p",), destinations=("x",), created_at=NOW)]},
            Level.FAILED,
            "不存在的画像或目的地：p、x",
        ),
    ],
)  # fmt: skip
def test_what_is_stuck_is_told_with_what_to_do(known: dict[str, object], level: Level, words: str) -> None:
    (finding,) = stuck(facts(**known))
    assert finding.level is level
    assert words in finding.what
    assert finding.remedy or finding.command


def run(state: RunState, minute: int, **more: object) -> IngestRun:
    moment = NOW.replace(minute=minute)
    return IngestRun(id=f"r{minute}", source="cli", name="x.zip", state=state, started_at=moment, **more)  # type: ignore[arg-type]


def test_a_file_that_was_read_since_it_failed_is_no_trouble_any_more() -> None:
    assert stuck(facts(runs=[run(RunState.DONE, 2), run(RunState.FAILED, 1, error="不完整")])) == []


def test_a_file_that_went_to_quarantine_whole_is_told_once() -> None:
    assert stuck(facts(runs=[run(RunState.FAILED, 1, rejected=1)])) == []


def test_a_small_lag_is_a_batch_on_its_way() -> None:
    assert stuck(facts(lags=[("zhitui.publications.v1", "matcher", 500)])) == []


def test_the_worst_comes_first() -> None:
    levels = [f.level for f in stuck(facts(quarantine_counts={"x": 1}, dead_letters=[("t", 1)]))]
    assert levels == [Level.FAILED, Level.WARNING]


def test_a_long_list_of_names_ends_with_its_count() -> None:
    assert shortened(["a", "b"]) == "a、b"
    assert shortened(list("abcdefg")) == "a、b、c、d、e 等 7 个"
