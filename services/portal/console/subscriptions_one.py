"""``/subscriptions/{id}``: changed, paused, removed; what it sent, and what did not arrive."""

from typing import TYPE_CHECKING

from services.portal.console.cursors import after_in, cursor_of
from services.portal.console.delivery_words import REASONS, STATES
from services.portal.console.flashes import Tone
from services.portal.console.subscriptions import subscription_form
from services.portal.console.subscriptions_form import draft_in
from services.portal.console.visit import local_path
from services.portal.desk.actor import Permission
from services.portal.desk.refusals import ForbiddenError, RefusalError, StaleError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.subscriptions import OwnSubscription

DELIVERIES = 20

_SAVED = Text("已保存。", "Saved.")
_PAUSED = Text("已暂停。期间的提醒先存着，恢复后一起发。", "Paused. What comes waits, and is sent when you resume.")
_RESUMED = Text("已恢复，存着的提醒会发出去。", "Resumed; what waited is sent.")
_REMOVED = Text(
    "推送已删除；画像和接收方式还在。", "The subscription was removed; its profiles and destinations are still there."
)


class SubscriptionRoom:
    """The page of one subscription."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame, at = self._frame, "/subscriptions/{id}"
        return [
            frame.get(at, self.shown),
            frame.post(at, self.edit),
            frame.post(f"{at}/pause", self.pause),
            frame.post(f"{at}/remove", self.remove),
        ]

    async def shown(self, visit: "Visit") -> "web.Response":
        """A subscription with what it sent."""
        return await self._page(visit, await self._own(visit))

    async def edit(self, visit: "Visit") -> "web.Response":
        """Change a subscription."""
        visit.actor.need(Permission.WRITE_SUBSCRIPTIONS)
        own = await self._own(visit)
        where = f"/subscriptions/{own.subscription.id}"
        try:
            await self._desk.subscriptions.replace(
                visit.actor,
                own.subscription.id,
                draft_in(visit.form, own.subscription),
                revision=visit.number("revision"),
            )
        except StaleError as error:
            return visit.go(where, error.text, Tone.WARN)
        except ForbiddenError:
            raise
        except RefusalError as error:
            return await self._page(visit, own, error)
        return visit.go(where, _SAVED)

    async def pause(self, visit: "Visit") -> "web.Response":
        """Let it rest, or go on."""
        is_paused = visit.field("do") != "resume"
        own = await self._own(visit)
        await self._desk.subscriptions.pause(visit.actor, own.subscription.id, paused=is_paused)
        back = local_path(visit.field("back") or f"/subscriptions/{own.subscription.id}")
        return visit.go(back, _PAUSED if is_paused else _RESUMED)

    async def remove(self, visit: "Visit") -> "web.Response":
        """Remove it."""
        own = await self._own(visit)
        await self._desk.subscriptions.remove(visit.actor, own.subscription.id)
        return visit.go("/subscriptions", _REMOVED)

    async def _own(self, visit: "Visit") -> "OwnSubscription":
        return await self._desk.subscriptions.get(visit.actor, visit.request.match_info["id"])

    async def _page(self, visit: "Visit", own: "OwnSubscription", error: RefusalError | None = None) -> "web.Response":
        waiting = await self._desk.waiting.of(visit.actor, [own.subscription])
        found = await self._desk.deliveries.page(
            visit.actor, subscription_id=own.subscription.id, after=after_in(visit), limit=DELIVERIES
        )
        return await subscription_form(
            self._frame,
            visit,
            own,
            error=error,
            waiting=waiting.get(own.subscription.id),
            now=self._frame.around.clock.now(),
            deliveries=found.items,
            after=cursor_of(found.after),
            is_first="after" not in visit.request.query,
            states=STATES,
            reasons=REASONS,
        )
