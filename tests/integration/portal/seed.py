"""An installation in the middle of its day: things came in, matched, went out, and some are stuck."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.errors import InvalidInputError, Reason
from shared.runtime.role import Surroundings
from shared.store.incoming import IngestRun, RunState
from shared.store.quarantined import QuarantineItem
from shared.store.records import Alert, AlertKey, Delivery, DeliveryState, GroupPlan, MatchRecord, PublicationVersion
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)

PROFILES = ("固态电池隔膜", "数控机床主轴", "充电桩散热", "北斗导航定位终端", "激光雷达")
ROBOT_KEY = "693a91f6-7000-4000-8000-000000000001"


async def seed(around: Surroundings) -> None:
    """Fill the store and the bus."""
    await _people(around)
    await _came_in(around)
    await _went_out(around)


async def _people(around: Surroundings) -> None:
    store = around.store
    await store.profiles.put(
        [Profile(id=f"p-{n}", name=name, rules=(Rule(groups=((name[:4],),)),)) for n, name in enumerate(PROFILES, 1)],
        saved_at=NOW,
    )
    for ident, channel, address, state, why in (
        ("研发部邮箱", Channel.EMAIL, "wang@example.cn", DestinationState.ACTIVE, None),
        ("专利群", Channel.WECOM_ROBOT, ROBOT_KEY, DestinationState.ACTIVE, None),
        ("旧群", Channel.WECOM_ROBOT, ROBOT_KEY[::-1], DestinationState.DISABLED, "机器人已被移出群"),
        ("新邮箱", Channel.EMAIL, "li@example.cn", DestinationState.UNVERIFIED, None),
    ):
        await store.destinations.put(
            Destination(id=ident, channel=channel, address=address, state=state, state_reason=why, created_at=NOW)
        )
    for ident, profiles, destinations, paused in (
        ("电池", ("p-1", "p-3"), ("研发部邮箱", "专利群"), False),
        ("机床", ("p-2",), ("旧群",), True),
        ("导航", ("p-4", "p-9"), ("新邮箱",), False),
    ):
        await store.subscriptions.put(
            Subscription(id=ident, profiles=profiles, destinations=destinations, paused=paused, created_at=NOW)
        )


def publication(number: int) -> Publication:
    return Publication(publication_number=f"CN{110000000 + number}A", kind="A", title=f"一种固态电池隔膜{number}")


async def _came_in(around: Surroundings) -> None:
    store = around.store
    await store.publications.save(
        [PublicationVersion(publication=publication(n), content_hash=f"h{n}", accepted_at=NOW) for n in range(42)]
    )
    for ident, source, name, state, fmt, counts, error in (
        (
            "r1",
            "watch-folder",
            "2026年第01期外观设计与发明公布公报-全部.csv",
            RunState.DONE,
            "gazette-csv",
            (36956, 36900, 40, 10, 6),
            None,
        ),
        ("r2", "push", "POST /api/v1/publications", RunState.DONE, "jsonl", (20, 18, 2, 0, 0), None),
        (
            "r3",
            "watch-folder",
            "CN_XML_20260106.zip",
            RunState.FAILED,
            "cnipa-xml",
            (12, 12, 0, 0, 0),
            "压缩包不完整，第 13 个条目读不出来",
        ),
    ):
        read, accepted, unchanged, corrected, rejected = counts
        await store.runs.save(
            IngestRun(
                id=ident, source=source, name=name, state=state, format=fmt, read=read, accepted=accepted,
                unchanged=unchanged, corrected=corrected, rejected=rejected, error=error,
                started_at=NOW - timedelta(minutes=int(ident[1])), finished_at=NOW,
            )
        )  # fmt: skip
    await store.quarantine.add(
        [
            (
                QuarantineItem(
                    id=f"q{n}", kind="record", source="watch", name="gazette.csv", location=f"line {n}",
                    reason_code="bad-number", reason="公开号认不出来，请核对这一行", size_bytes=9, quarantined_at=NOW,
                ),
                b"something",
            )
            for n in range(6)
        ]
    )  # fmt: skip


async def _went_out(around: Surroundings) -> None:
    store = around.store
    alerts, matches = [], []
    for n in range(12):
        matches.append(
            MatchRecord(
                publication_number=publication(n).publication_number, profile_ids=(f"p-{1 + n % 3}",), matched_at=NOW
            )
        )
        subscription, destination = (("电池", "研发部邮箱"), ("电池", "专利群"), ("机床", "旧群"))[n % 3]
        key = AlertKey(
            subscription_id=subscription,
            publication_number=publication(n).publication_number,
            destination_id=destination,
        )
        alerts.append(Alert(key=key, family_key=None, publication=publication(n), whys=(), score=0.8, created_at=NOW))
    await store.alerts.record(matches, alerts)
    told = [alert.key for alert in alerts if alert.key.subscription_id == "电池"]
    deliveries = [
        Delivery(
            id=f"d-{n}", subscription_id=key.subscription_id, destination_id=key.destination_id,
            channel=Channel.EMAIL if key.destination_id == "研发部邮箱" else Channel.WECOM_ROBOT,
            publication_numbers=(key.publication_number,), next_attempt_at=NOW, created_at=NOW + timedelta(seconds=n),
        )
        for n, key in enumerate(told)
    ]  # fmt: skip
    await store.alerts.plan(
        [
            GroupPlan(deliveries=(delivery,), planned=((key, delivery.id),))
            for key, delivery in zip(told, deliveries, strict=True)
        ]
    )
    ends = (
        *[(DeliveryState.SENT, None, None)] * 4,
        (DeliveryState.DEAD, Reason.REJECTED, "邮件服务器说：内容被判为垃圾邮件"),
        (DeliveryState.WAITING, Reason.RATE_LIMITED, "接口调用超过限制"),
        (DeliveryState.HELD, Reason.INTERRUPTED, None),
    )
    for delivery, (state, reason, detail) in zip(deliveries, ends, strict=False):
        attempt = await store.deliveries.start(delivery.id, owner="test", now=NOW, lease_seconds=60)
        assert attempt is not None
        await store.deliveries.finish(
            replace(attempt, outcome=state, reason=reason, detail=detail, vendor_code="45009" if detail else None),
            state=state, now=NOW, next_attempt_at=NOW + timedelta(minutes=5) if state is DeliveryState.WAITING else None,
        )  # fmt: skip
    await around.bus.append(MATCHES, [Record(key="x", value=b"{}")])
    async with around.bus.consumer(MATCHES, "test") as consumer:
        for received in await consumer.poll(1, 5.0):
            await around.bus.dead_letter(MATCHES, received, InvalidInputError("不认识的版本"))
