"""What came in, for pictures: alerts of a profile from what the past has, judged and noted by its people."""

from datetime import timedelta
from typing import Any

import msgspec

from services.portal.desk.actor import Actor
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from shared.destination_changes import activated
from shared.errors import Reason
from shared.filing.marks import Verdict
from shared.runtime.role import Surroundings
from shared.store.records import Alert, AlertKey, Delivery, DeliveryState, GroupPlan, Why
from shared.wire.subscription import Channel

ALERTS = 6

_TRIES: tuple[tuple[DeliveryState, dict[str, Any]], ...] = (
    (
        DeliveryState.WAITING,
        {
            "reason": Reason.RATE_LIMITED,
            "vendor_code": "450 4.7.1",
            "detail": "对方限制发送频率",
            "duration_seconds": 0.8,
        },
    ),
    (
        DeliveryState.DEAD,
        {
            "reason": Reason.REJECTED,
            "vendor_code": "554 5.7.1",
            "detail": "对方认为是垃圾邮件",
            "duration_seconds": 1.2,
        },
    ),
)
"""How each try of the message that did not arrive ended."""


async def told(around: Surroundings, desk: Desk, actor: Actor, profile_id: str) -> tuple[str, str]:
    """Let a profile have brought something; return the subscription's id and the key of an item with notes."""
    place = await desk.destinations.make(
        actor, DestinationDraft(name="研发部邮箱", channel=Channel.EMAIL, address="yanfa@example.cn")
    )
    await activated(around.store.destinations, place.destination)
    draft = SubscriptionDraft(
        name="研发部日报", profiles=(profile_id,), destinations=(place.card.id,), schedule="daily@09:00",
        quiet="22:00-08:00", cap=20, workdays=True, heartbeat=True,
    )  # fmt: skip
    subscription = await desk.subscriptions.make(actor, draft)
    own = await desk.profiles.get(actor, profile_id)
    if around.advice is None:
        raise RuntimeError("pictures need somebody who knows the past")
    found = (await around.advice.preview(own.profile, examples=ALERTS)).examples
    now = around.clock.now()
    alerts = [
        Alert(
            key=AlertKey(
                subscription_id=subscription.card.id,
                publication_number=one.publication.publication_number,
                destination_id=place.card.id,
            ),
            family_key=None,
            publication=one.publication,
            whys=(
                Why(
                    profile_id=profile_id,
                    profile_name=own.profile.name,
                    rule=one.match.rule,
                    score=one.match.score,
                    evidence=one.match.evidence,
                ),
            ),
            score=one.match.score,
            created_at=now - timedelta(hours=9 * n),
            due_at=now + timedelta(hours=12),
        )
        for n, one in enumerate(found)
    ]
    await around.store.alerts.record([], alerts)
    keys = [alert.key.publication_number for alert in alerts]
    await desk.marking.mark(actor, keys[1], Verdict.RELEVANT)
    await desk.marking.mark(actor, keys[2], Verdict.IRRELEVANT)
    await desk.following_up.note(actor, keys[1], "涂布的厚度和我们的方案接近，请核对权利要求 1。")
    await desk.following_up.assign(actor, keys[1], "a-1")
    return subscription.card.id, keys[1]


async def given_up(around: Surroundings, desk: Desk, actor: Actor, subscription_id: str) -> str:
    """Let the two newest alerts have gone out in a message that did not arrive; return its id."""
    (destination_id,) = (await desk.subscriptions.get(actor, subscription_id)).subscription.destinations
    waiting = await around.store.alerts.pending([(subscription_id, destination_id)], limit=ALERTS)
    owed = sorted(waiting, key=lambda alert: alert.created_at)[-2:]
    at = around.clock.now() - timedelta(minutes=9)
    delivery = Delivery(
        id="d-3f9a1c64e07b2d85aa41c6f0",
        subscription_id=subscription_id,
        destination_id=destination_id,
        channel=Channel.EMAIL,
        publication_numbers=tuple(alert.key.publication_number for alert in owed),
        next_attempt_at=at,
        created_at=at,
    )
    planned = tuple((alert.key, delivery.id) for alert in owed)
    await around.store.alerts.plan([GroupPlan(deliveries=(delivery,), planned=planned)])
    for n, (state, said) in enumerate(_TRIES):
        tried_at = at + timedelta(minutes=6 * n)
        attempt = await around.store.deliveries.start(delivery.id, owner="picture", now=tried_at, lease_seconds=60)
        if attempt is None:
            raise RuntimeError("nobody else sends it")
        ended = msgspec.structs.replace(attempt, outcome=state, **said)
        again = tried_at + timedelta(minutes=5) if state is DeliveryState.WAITING else None
        await around.store.deliveries.finish(ended, state=state, now=tried_at, next_attempt_at=again)
    return delivery.id
