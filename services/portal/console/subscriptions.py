"""``/subscriptions``: which profiles go where and when, said in a sentence. One that is there is in `services.portal.console.subscriptions_one`."""

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from multidict import MultiDict

from services.portal.console.cursors import after_in, cursor_of
from services.portal.console.faults import shown_again
from services.portal.console.pressed_once import pressed_once
from services.portal.console.subscriptions_form import DAYS, DEFAULTS, EVERY, draft_in, given_of, sentence_of
from services.portal.desk.actor import Permission
from services.portal.desk.holdings import MOST_DESTINATIONS
from services.portal.desk.refusals import RefusalError, Text
from services.portal.desk.schedule_words import words_of
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.destinations import OwnDestination
    from services.portal.desk.subscriptions import OwnSubscription

PAGE = 50

_MADE = Text("推送已建好。", "The subscription is made.")


class SubscriptionsRoom:
    """The list, and the form for a new one."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/subscriptions", self.listing),
            frame.get("/subscriptions/new", self.form),
            frame.post("/subscriptions/new", pressed_once(self.make)),
            frame.post("/subscriptions/words", self.words),
        ]

    async def listing(self, visit: "Visit") -> "web.Response":
        """The organisation's subscriptions."""
        actor, desk = visit.actor, self._desk
        found = await desk.subscriptions.page(actor, after=after_in(visit), limit=PAGE)
        shown = [own.subscription for own in found.items]
        waiting, profiles, places = await asyncio.gather(
            desk.waiting.of(actor, shown),
            desk.profiles.names(actor),
            desk.destinations.many(actor, {place for one in shown for place in one.destinations}),
        )
        return visit.page(
            "subscriptions.html",
            subscriptions=[(own, words_of(own.subscription), waiting.get(own.subscription.id)) for own in found.items],
            after=cursor_of(found.after),
            is_first="after" not in visit.request.query,
            may_edit=actor.may(Permission.WRITE_SUBSCRIPTIONS),
            now=self._frame.around.clock.now(),
            **_choices(profiles, places)._asdict(),
        )

    async def form(self, visit: "Visit") -> "web.Response":
        """Choose profiles, destinations and a time."""
        visit.actor.need(Permission.WRITE_SUBSCRIPTIONS)
        return await subscription_form(self._frame, visit)

    async def make(self, visit: "Visit") -> "web.Response":
        """Make a subscription; profiles join one that tells the same people at the same time."""
        visit.actor.need(Permission.WRITE_SUBSCRIPTIONS)
        try:
            done = await self._desk.joining_subscriptions.join_or_add(
                visit.actor, draft_in(visit.form), separate=visit.field("separate") == "yes"
            )
        except RefusalError as error:
            return await subscription_form(self._frame, visit, error=error)
        where = f"/subscriptions/{done.own.subscription.id}"
        return visit.go(where, joined_text(done.own) if done.joined else _MADE)

    async def words(self, visit: "Visit") -> "web.Response":
        """The times of the form in words, while they are chosen."""
        visit.need_actor()
        return visit.part("parts/schedule_words.html", sentence=sentence_of(visit.form))


def joined_text(own: "OwnSubscription") -> Text:
    """Return what is said where profiles joined a subscription."""
    name = own.card.name or own.subscription.id
    return Text(
        f"同样的接收方式和时间已有推送“{name}”，画像已并入，一次只发一条消息。",
        f"“{name}” tells the same people at the same time already; the profile joined it, so that one message tells all.",
    )


class Choices(NamedTuple):
    """What profiles and destinations are called, by id; ``unready``: the states of those that nothing goes to."""

    profiles: dict[str, str]
    destinations: dict[str, str]
    unready: dict[str, str]


async def choices(frame: "Frame", visit: "Visit") -> Choices:
    """Return what there is to choose from."""
    profiles, found = await asyncio.gather(
        frame.desk.profiles.names(visit.actor), frame.desk.destinations.page(visit.actor, limit=MOST_DESTINATIONS)
    )
    return _choices(profiles, found.items)


def _choices(profiles: dict[str, str], places: "Sequence[OwnDestination]") -> Choices:
    return Choices(
        profiles=profiles,
        destinations={one.destination.id: one.card.name or one.destination.masked_address for one in places},
        unready={
            one.destination.id: one.destination.state.value
            for one in places
            if one.destination.state is not DestinationState.ACTIVE
        },
    )


async def subscription_form(
    frame: "Frame",
    visit: "Visit",
    own: "OwnSubscription | None" = None,
    *,
    error: RefusalError | None = None,
    **more: Any,  # noqa: ANN401 - values of the template
) -> "web.Response":
    """Return the form of a new subscription, or the page of one that is there."""
    query = visit.request.query
    again = shown_again(visit, error)
    again["given"] = {name: visit.field(name) for name in DEFAULTS} if error else (given_of(own) if own else DEFAULTS)
    chosen_profiles = visit.form.getall("profiles", []) if error else query.getall("profile", [])
    chosen_destinations = visit.form.getall("destinations", []) if error else query.getall("destination", [])
    if own and not error:
        chosen_profiles, chosen_destinations = list(own.subscription.profiles), list(own.subscription.destinations)
    return visit.page(
        "subscriptions_one.html" if own else "subscriptions_new.html",
        **again,
        own=own,
        chosen_profiles=chosen_profiles,
        chosen_destinations=chosen_destinations,
        every=EVERY,
        days=DAYS,
        sentence=sentence_of(MultiDict(again["given"])),
        may_edit=visit.actor.may(Permission.WRITE_SUBSCRIPTIONS),
        **(await choices(frame, visit))._asdict(),
        **more,
    )
