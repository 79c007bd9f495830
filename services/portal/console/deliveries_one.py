"""``/deliveries/{id}``: the way of one message, from what it tells to the other side's answers; sent again, and told again."""

from typing import TYPE_CHECKING

from services.portal.console.delivery_words import EVENTS, OUTCOMES, REASONS, STATES
from services.portal.console.flashes import Tone
from services.portal.console.subscriptions import choices
from services.portal.console.visit import local_path
from services.portal.desk.actor import Permission
from services.portal.desk.holdings import MOST_SUBSCRIPTIONS
from services.portal.desk.refusals import ConflictError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_RETRIED = Text("正在重发。", "It is sent again.")
_TOLD_AGAIN = Text("正在再次通知。", "The webhooks are called again.")


class DeliveryRoom:
    """The page of one message."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/deliveries/{id}", self.shown),
            frame.post("/deliveries/{id}/retry", self.retry),
            frame.post("/events/{id}/retry", self.tell_again),
        ]

    async def shown(self, visit: "Visit") -> "web.Response":
        """A message: what it tells, each try, what the other side said."""
        actor = visit.actor
        told = await self._desk.deliveries.get(actor, visit.request.match_info["id"])
        subscriptions = (await self._desk.subscriptions.page(actor, limit=MOST_SUBSCRIPTIONS)).items
        known = await choices(self._frame, visit)
        return visit.page(
            "deliveries_one.html",
            told=told,
            delivery=told.delivery,
            destinations=known.destinations,
            subscriptions={
                own.subscription.id: own.card.name or known.profiles.get(own.subscription.profiles[0]) or own.card.id
                for own in subscriptions
            },
            left_out={one.subscription_id: one.left_out for one in told.delivery.remarks or ()},
            states=STATES,
            outcomes=OUTCOMES,
            reasons=REASONS,
            event_words=EVENTS,
            may_retry=actor.may(Permission.RETRY_DELIVERIES),
        )

    async def retry(self, visit: "Visit") -> "web.Response":
        """Send a message that was given up once more."""
        delivery_id = visit.request.match_info["id"]
        back = local_path(visit.field("back") or f"/deliveries/{delivery_id}")
        try:
            await self._desk.deliveries.retry(visit.actor, delivery_id)
        except ConflictError as error:
            return visit.go(back, error.text, Tone.WARN)
        return visit.go(back, _RETRIED)

    async def tell_again(self, visit: "Visit") -> "web.Response":
        """Have webhooks called again with an event that they did not take."""
        back = local_path(visit.field("back"))
        try:
            await self._desk.events.retry(visit.actor, visit.request.match_info["id"])
        except ConflictError as error:
            return visit.go(back, error.text, Tone.WARN)
        return visit.go(back, _TOLD_AGAIN)
