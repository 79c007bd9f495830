"""The second half of the guide: where the alerts go, that its people want them, subscribed."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.portal.console.faults import shown_again
from services.portal.console.pressed_once import pressed_once
from services.portal.console.proving import outcome_of
from services.portal.console.subscriptions import joined_text
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from services.portal.desk.one_tap import EVERY_MORNING, NIGHT
from services.portal.desk.refusals import InvalidError, MissingError, RefusalError, Text
from services.portal.desk.schedule_words import words_of
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.destinations import OwnDestination

CHANNELS = {
    Channel.EMAIL: (
        Text("邮箱", "Mailbox"),
        Text("邮箱地址，例如 name@example.cn", "Address, such as name@example.cn"),
    ),
    Channel.WECOM_ROBOT: (
        Text("企业微信群", "WeCom group"),
        Text("群机器人的 Webhook 地址（群设置 → 群机器人 → 添加）", "Webhook address of the group's robot"),
    ),
    Channel.DINGTALK: (
        Text("钉钉群", "DingTalk group"),
        Text("群机器人的 Webhook 地址", "Webhook address of the robot"),
    ),
    Channel.FEISHU: (Text("飞书群", "Feishu group"), Text("群机器人的 Webhook 地址", "Webhook address of the robot")),
}
"""What the guide offers; the page of destinations has the others."""

SCHEDULES = {
    EVERY_MORNING: Text("每天 9:00 汇总一次（推荐）", "Once a day at 9:00 (recommended)"),
    "immediate": Text("一公开就提醒", "At once"),
    "weekly@mon-09:00": Text("每周一 9:00 汇总", "Mondays at 9:00"),
}

_DEFAULTS = {"schedule": EVERY_MORNING, "quiet": "yes"}
_DONE = Text("已订阅。", "Subscribed.")
_NO_CHOICE = Text("请选择推送到哪里。", "Choose where alerts go.")


class WhereRoom:
    """``/start/where``, ``/start/verify/{id}`` and ``/start/done/{id}``."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/start/where", self.where),
            frame.post("/start/where", pressed_once(self.choose)),
            frame.get("/start/verify/{id}", self.verify),
            frame.post("/start/verify/{id}", self.confirm),
            frame.post("/start/verify/{id}/again", self.again),
            frame.get("/start/verify/{id}/outcome", self.outcome),
            frame.get("/start/done/{id}", self.done),
        ]

    async def where(self, visit: "Visit") -> "web.Response":
        """Ask where alerts go, and when."""
        return await self._where(visit)

    async def choose(self, visit: "Visit") -> "web.Response":
        """Take down a destination, or take one that there is."""
        chosen = visit.field("destination")
        try:
            if chosen == "new":
                own = await self._made(visit)
            elif chosen:
                own = await self._desk.destinations.get(visit.actor, chosen)
            else:
                raise InvalidError(text=_NO_CHOICE)
            if own.destination.state is DestinationState.UNVERIFIED:
                return await self._sent(visit, own)
            return await self._subscribed(visit, own)
        except MissingError:
            raise
        except RefusalError as error:
            return await self._where(visit, error)

    async def verify(self, visit: "Visit") -> "web.Response":
        """Ask for the code that the destination's people got."""
        return await self._verify(visit)

    async def confirm(self, visit: "Visit") -> "web.Response":
        """Take the code, and subscribe."""
        own = await self._own(visit)
        try:
            if own.destination.state is DestinationState.UNVERIFIED:
                own = await self._desk.destinations.confirm(visit.actor, own.destination.id, visit.field("code"))
            return await self._subscribed(visit, own)
        except MissingError:
            raise
        except RefusalError as error:
            return await self._verify(visit, error)

    async def again(self, visit: "Visit") -> "web.Response":
        """Send the code once more."""
        return await self._sent(visit, await self._own(visit))

    async def outcome(self, visit: "Visit") -> "web.Response":
        """What came of the sending so far."""
        own = await self._own(visit)
        return visit.part("parts/outcome.html", own=own, outcome=await outcome_of(self._frame, visit, own))

    async def done(self, visit: "Visit") -> "web.Response":
        """Tell what happens from now on."""
        own = await self._desk.subscriptions.get(visit.actor, visit.request.match_info["id"])
        asked = _asked(visit, "profile")
        shown = asked if asked in own.subscription.profiles else own.subscription.profiles[0]
        profile = await self._desk.profiles.get(visit.actor, shown)
        destination = await self._desk.destinations.get(visit.actor, own.subscription.destinations[0])
        return visit.page(
            "start_done.html",
            profile=profile,
            destination=destination,
            when=words_of(own.subscription),
        )

    async def _where(self, visit: "Visit", error: RefusalError | None = None) -> "web.Response":
        profile = await self._desk.profiles.get(visit.actor, _asked(visit, "profile"))
        held = (await self._desk.destinations.page(visit.actor)).items
        me = await self._desk.people.me(visit.actor)
        at_first = {"channel": Channel.EMAIL.value, "address": me.email, **_DEFAULTS}
        return visit.page(
            "start_where.html",
            **shown_again(visit, error, at_first),
            profile=profile.profile,
            subscribed=bool((await self._desk.subscriptions.page(visit.actor, limit=1)).items),
            held=[own for own in held if own.destination.state is not DestinationState.DISABLED],
            channels=CHANNELS,
            schedules=SCHEDULES,
        )

    async def _made(self, visit: "Visit") -> "OwnDestination":
        channel = visit.field("channel")
        if channel not in CHANNELS:
            raise InvalidError(text=_NO_CHOICE)
        draft = DestinationDraft(
            name=visit.field("name"), channel=Channel(channel), address=visit.field("address") or " "
        )
        return await self._desk.destinations.make(visit.actor, draft)

    async def _sent(self, visit: "Visit", own: "OwnDestination") -> "web.Response":
        errand = await self._desk.proofs.send(visit.actor, own.destination.id)
        said = {"profile": _asked(visit, "profile"), "schedule": _schedule(visit), "errand": errand.id}
        said |= {name: value for name in ("quiet", "separate") if (value := _asked(visit, name))}
        return visit.go(f"/start/verify/{own.destination.id}?{urlencode(said)}")

    async def _subscribed(self, visit: "Visit", own: "OwnDestination") -> "web.Response":
        profile = await self._desk.profiles.get(visit.actor, _asked(visit, "profile"))
        draft = SubscriptionDraft(
            name=profile.profile.name,
            profiles=(profile.profile.id,),
            destinations=(own.destination.id,),
            schedule=_schedule(visit),
            quiet=NIGHT if _asked(visit, "quiet") else None,
        )
        done = await self._desk.joining_subscriptions.join_or_add(
            visit.actor, draft, separate=bool(_asked(visit, "separate"))
        )
        where = f"/start/done/{done.own.subscription.id}?{urlencode({'profile': profile.profile.id})}"
        return visit.go(where, joined_text(done.own) if done.joined else _DONE)

    async def _own(self, visit: "Visit") -> "OwnDestination":
        return await self._desk.destinations.get(visit.actor, visit.request.match_info["id"])

    async def _verify(self, visit: "Visit", error: RefusalError | None = None) -> "web.Response":
        own = await self._own(visit)
        return visit.page(
            "start_verify.html",
            **shown_again(visit, error),
            own=own,
            channel=CHANNELS[own.destination.channel][0] if own.destination.channel in CHANNELS else "",
            profile=_asked(visit, "profile"),
            schedule=_schedule(visit),
            quiet=_asked(visit, "quiet"),
            separate=_asked(visit, "separate"),
            errand_id=_asked(visit, "errand"),
            outcome=await outcome_of(self._frame, visit, own),
        )


def _asked(visit: "Visit", name: str) -> str:
    return visit.field(name) or visit.request.query.get(name, "")


def _schedule(visit: "Visit") -> str:
    asked = _asked(visit, "schedule")
    return asked if asked in SCHEDULES else EVERY_MORNING
