"""Values for the store's contract suite; every test says only what it is about."""

from datetime import UTC, date, datetime, timedelta

from shared.store.incoming import SourceState
from shared.store.quarantined import QuarantineItem
from shared.store.records import Alert, AlertKey, Delivery, GroupPlan, MatchRecord, PublicationVersion, Why
from shared.wire.content import content_hash
from shared.wire.match import Evidence, HitKind
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Destination, Subscription

NOW = datetime(2026, 1, 5, 2, 0, 0, 123456, tzinfo=UTC)
HIT = Evidence(term="固态电池", field="title", start=2, end=6, kind=HitKind.WORD, score=1.0)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def publication(
    number: str = "CN1A", *, title: str = "一种固态电池", published_on: date | None = date(2026, 1, 2)
) -> Publication:
    return Publication(publication_number=number, kind="A", title=title, published_on=published_on)


def version(
    told: Publication, number: int = 1, *, accepted_at: datetime = NOW, origin: str = "gazette.csv:17"
) -> PublicationVersion:
    return PublicationVersion(
        publication=told, content_hash=content_hash(told), version=number, accepted_at=accepted_at, origin=origin
    )


def profile(profile_id: str = "p-1", *, name: str = "固态电池") -> Profile:
    return Profile(id=profile_id, name=name, rules=(Rule(groups=(("固态电池",),)),))


def destination(destination_id: str = "d-1", *, address: str = "wang@example.cn", **options: str) -> Destination:
    return Destination(id=destination_id, channel=Channel.EMAIL, address=address, options=options, created_at=NOW)


def subscription(
    subscription_id: str = "s-1",
    *,
    profiles: tuple[str, ...] = ("p-1",),
    destinations: tuple[str, ...] = ("d-1",),
) -> Subscription:
    return Subscription(id=subscription_id, profiles=profiles, destinations=destinations, created_at=NOW)


def match(*profile_ids: str, number: str = "CN1A", at: datetime = NOW) -> MatchRecord:
    return MatchRecord(publication_number=number, profile_ids=profile_ids or ("p-1",), matched_at=at)


def why(profile_id: str = "p-1", *, score: float = 0.5) -> Why:
    return Why(profile_id=profile_id, profile_name="固态电池", rule=0, score=score, evidence=(HIT,))


def alert(
    number: str = "CN1A",
    *whys: Why,
    subscription_id: str = "s-1",
    destination_id: str = "d-1",
    family_key: str | None = None,
    title: str = "一种固态电池",
    at: datetime = NOW,
    due: datetime | None = None,
) -> Alert:
    reasons = whys or (why(),)
    return Alert(
        key=AlertKey(subscription_id=subscription_id, publication_number=number, destination_id=destination_id),
        family_key=family_key,
        publication=publication(number, title=title),
        whys=reasons,
        score=max(reason.score for reason in reasons),
        created_at=at,
        due_at=due,
    )


def plan(planned: Delivery, *alerts: Alert, over_cap: tuple[Alert, ...] = ()) -> GroupPlan:
    return GroupPlan(
        deliveries=(planned,),
        planned=tuple((told.key, planned.id) for told in alerts),
        over_cap=tuple(left.key for left in over_cap),
    )


def delivery(
    delivery_id: str = "m-1",
    *numbers: str,
    destination_id: str = "d-1",
    page: int = 1,
    due: datetime = NOW,
    at: datetime = NOW,
) -> Delivery:
    return Delivery(
        id=delivery_id,
        subscription_id="s-1",
        destination_id=destination_id,
        channel=Channel.EMAIL,
        publication_numbers=numbers or ("CN1A",),
        page=page,
        next_attempt_at=due,
        created_at=at,
    )


def item(
    item_id: str = "q-1", *, name: str = "gazette.csv", code: str = "bad-number", at: datetime = NOW
) -> QuarantineItem:
    return QuarantineItem(
        id=item_id,
        kind="record",
        source="gazette-csv",
        name=name,
        location="line 17",
        reason_code=code,
        reason="公开号无法识别；请核对这一行。",
        size_bytes=3,
        quarantined_at=at,
    )


def source_state(name: str = "ops", *, at: datetime = NOW, **cursor: str) -> SourceState:
    return SourceState(name=name, kind="ops", cursor=cursor, visited_at=at, succeeded_at=at)
