"""The notifier in one screen: matches are recorded as alerts, alerts are planned as deliveries, deliveries are sent.

The three stages meet in the store, not in memory: each goes on after a crash where its last write left it.

    matches topic ──► intake (route, fold families, record, commit) ──► alerts
    alerts        ──► planner (what is due: cap, paginate, one write) ──► deliveries
    deliveries    ──► dispatcher (rate, start, send, finish)          ──► mail · WeCom
"""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from services.notifier.bounces.watch import BounceWatch
    from services.notifier.delivery.dispatch import Dispatcher
    from services.notifier.errands.watch import ErrandWatch
    from services.notifier.events.pushing import EventPusher
    from services.notifier.intake import Intake
    from services.notifier.planning.loop import Planner
    from services.notifier.planning.watching import Watching
    from shared.runtime.patience import Patience


class Notifier:
    """The role."""

    name = "notifier"

    def __init__(
        self,
        intake: "Intake",
        planner: "Planner",
        dispatcher: "Dispatcher",
        bounces: "BounceWatch",
        errands: "ErrandWatch",
        *,
        pusher: "EventPusher",
        watching: "Watching",
        patience: "Patience",
    ) -> None:
        self._intake = intake
        self._planner = planner
        self._dispatcher = dispatcher
        self._bounces = bounces
        self._errands = errands
        self._pusher = pusher
        self._watching = watching
        self._patience = patience

    def routes(self) -> "Sequence[web.AbstractRouteDef]":
        """Return no HTTP routes: people see the notifier through the portal."""
        return ()

    async def run(self, stop: asyncio.Event) -> None:
        """Run the three stages and what goes on beside them until ``stop``; what is on its way to a vendor is let finish.

        Beside them bounces are read, the portal's errands run, events pushed, and who heard nothing for a month is told so, if he asked.
        """
        async with asyncio.TaskGroup() as stages:
            stages.create_task(self._intake.run())
            stages.create_task(self._planner.run())
            stages.create_task(self._dispatcher.run())
            stages.create_task(self._bounces.run())
            stages.create_task(self._errands.run())
            stages.create_task(self._pusher.run())
            stages.create_task(self._watching.run())
            await stop.wait()
            self._patience.stop.set()

    async def is_idle(self) -> bool:
        """Whether every match is recorded, every due alert planned, every due delivery sent, every errand done."""
        stages = (self._intake, self._planner, self._dispatcher, self._errands)
        return all([await stage.is_idle() for stage in stages])

    async def problems(self) -> list[str]:
        """Return which channels are stuck, and why."""
        return [f"推送渠道 {channel} 暂停：{reason}" for channel, reason in self._dispatcher.stuck.items()]

    async def warnings(self) -> list[str]:
        """Return who does not answer, so that it is only probed; what is due there waits. And why bounces are not read."""
        silent = [f"{host} 没有回应，推送暂缓，恢复后会自动补发" for host in self._dispatcher.silent_hosts]
        return silent if self._bounces.problem is None else [*silent, f"退信没有读：{self._bounces.problem}"]
