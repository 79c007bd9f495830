"""What came in, for pictures: alerts of a profile from what the past has, judged and noted by its people."""

from datetime import timedelta

from services.portal.desk.actor import Actor
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from shared.filing.marks import Verdict
from shared.runtime.role import Surroundings
from shared.store.records import Alert, AlertKey, Why
from shared.wire.subscription import Channel, DestinationState

ALERTS = 6


async def told(around: Surroundings, desk: Desk, actor: Actor, profile_id: str) -> tuple[str, str]:
    """Let a profile have brought something; return the subscription's id and the key of an item with notes."""
    place = await desk.destinations.make(
        actor, DestinationDraft(name="研发部邮箱", channel=Channel.EMAIL, address="yanfa@example.cn")
    )
    await around.store.destinations.set_state(place.card.id, DestinationState.ACTIVE, None)
    draft = SubscriptionDraft(
        name="研发部日报", profiles=(profile_id,), destinations=(place.card.id,), schedule="daily@09:00",
        quiet="22:00-08:00", cap=20, workdays=True,
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
