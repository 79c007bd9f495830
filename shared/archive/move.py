"""Moves a running embedded installation to another backend, in phases that can be done again after a kill.

::

    COPYING   every change is noted from here on; the store is copied, then what changed, while everybody works
    CLOSING   roles are asked to end, and do when what is in flight is finished
    CLOSED    the database file refuses every write; the rest of the changes and the undone records are copied, and all is
              compared
    switched  the target is opened; from here on there is no way back but a backup

The source's closure says how far it is, the target's which sections it has. What is on its way to a mail server when the
roles are asked to end is finished by them, so that nobody has to guess afterwards whether it was sent.
"""

import asyncio
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.archive.bus_walk import undone
from shared.archive.copying import Copying
from shared.archive.sections import TOPICS
from shared.archive.target import held, open_target
from shared.bus.topics import ALL_TOPICS
from shared.errors import InvalidInputError, MisconfiguredError
from shared.store.archived import Closure, ClosureState

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.archive.progress import Progress
    from shared.runtime.role import Surroundings

SWITCHED = "switched"
"""In the source's `Closure.done`: the target is the installation now."""

_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a move would do: for people, before anything is changed."""

    documents: dict[str, int]
    records: dict[str, int]
    running: dict[str, int]
    in_the_way: list[str]


class Move:
    """The move of one installation.

    Args:
        source: the embedded installation.
        target: the empty one on other backends.
        running: returns role → process id of those who work on the source's data folder.
        settings: the sentence that says which settings name the target.
        progress: is told.
    """

    def __init__(
        self,
        source: "Surroundings",
        target: "Surroundings",
        *,
        running: "Callable[[], dict[str, int]]",
        settings: str,
        progress: "Progress",
    ) -> None:
        self._copying = Copying(source, target, progress)
        self._source = source
        self._archive = self._copying.source
        self._around = target
        self._running = running
        self._settings = settings
        self._progress = progress

    async def plan(self) -> Plan:
        """Look, and change nothing."""
        records = {}
        for section, topic in TOPICS.items():
            first = await undone(self._source.bus, topic, matcher_shards=self._source.settings.matcher_shards)
            ends = await self._source.bus.ends(topic)
            records[section] = sum(end - first.get(partition, 0) for partition, end in ends.items())
        closure = await self._around.store.archive.closure()
        begun = await self._archive.closure()
        ours = closure is not None and begun is not None and closure.source == begun.source
        return Plan(
            documents=await self._archive.counts(),
            records=records,
            running=self._running(),
            in_the_way=[] if ours else await held(self._around),
        )

    async def run(self, *, patience_seconds: float, replace: bool = False, before_switch: bool = False) -> bool:
        """Do the move, or what is left of it; return whether the target is the installation now.

        Args:
            patience_seconds: how long to wait for the roles to end.
            replace: forget what the target holds.
            before_switch: stop when all is copied and compared.

        Raises:
            InvalidInputError: the target holds something else, or what was copied differs.
            MisconfiguredError: roles run on the target, or those of the source do not end.
        """
        closure = await self._archive.closure()
        if closure is not None and SWITCHED in closure.done:
            await self._switch(closure)
            return True
        if closure is not None and closure.state is ClosureState.FILLING:
            raise InvalidInputError(f"这个安装本身还没有恢复完：{closure.reason}")
        closure = await self._begin(closure)
        target = await open_target(
            self._around,
            source=closure.source or "",
            reason="正在从内置后端搬到这里，还没有完成；请再执行一次 zhitui migrate embedded-to-cluster。",
            replace=replace,
        )
        await self._copying.snapshot(target)
        if closure.state is ClosureState.COPYING:
            await self._copying.follow(target)
        closure = await self._stop_roles(closure, patience_seconds)
        self._progress.step("复制停下之前的最后变化")
        await self._copying.changes(target)
        await self._copying.bus(target)
        await self._copying.compare()
        if before_switch:
            return False
        await self._switch(closure)
        return True

    async def back(self) -> None:
        """Give the move up: the embedded installation is opened again, as it was when it was closed; the target is emptied.

        Raises:
            InvalidInputError: the target is the installation already.
        """
        closure = await self._archive.closure()
        if closure is None:
            return
        if SWITCHED in closure.done:
            raise InvalidInputError(
                "已经切换到新的后端，不能再退回：那里可能已有新的内容。要回到内置后端，请在那里 zhitui backup，再恢复到一个空的数据目录。"
            )
        begun = await self._around.store.archive.closure()
        if begun is not None and begun.source == closure.source:
            await self._around.store.archive.clear()
            await self._around.bus.remake(ALL_TOPICS)
            await self._around.store.archive.reopen()
        await self._archive.changes.end()
        await self._archive.reopen()

    async def _begin(self, closure: Closure | None) -> Closure:
        if closure is None:
            await self._archive.changes.begin()
            closure = await self._close(ClosureState.COPYING, "正在复制。", uuid.uuid4().hex)
        return closure

    async def _stop_roles(self, closure: Closure, patience_seconds: float) -> Closure:
        if closure.state is ClosureState.COPYING:
            closure = await self._close(
                ClosureState.CLOSING,
                f"正在把数据搬到新的后端，请等它完成。完成后：{self._settings}",
                closure.source,
            )
        if closure.state is ClosureState.CLOSING:
            self._progress.step("等各角色做完手上的事并停下")
            await self._wait_for_roles(patience_seconds)
            closure = await self._close(
                ClosureState.CLOSED,
                f"数据正在搬走，这个数据目录不再接受写入。完成后：{self._settings}"
                "要放弃搬家：zhitui migrate embedded-to-cluster --back。",
                closure.source,
            )
        return closure

    async def _wait_for_roles(self, patience_seconds: float) -> None:
        deadline = asyncio.get_running_loop().time() + patience_seconds
        while running := self._running():
            if asyncio.get_running_loop().time() > deadline:
                told = "、".join(f"{role}（进程号 {process}）" for role, process in running.items())
                raise MisconfiguredError(
                    f"这些角色没有停下：{told}。请手动停止它们，再执行一次同样的命令接着搬；要放弃，加 --back。"
                )
            await asyncio.sleep(_LOOK_SECONDS)

    async def _switch(self, closure: Closure) -> None:
        """First the source says that it has moved, then the target opens: never are both open."""
        if SWITCHED not in closure.done:
            await self._archive.changes.end()
            closure = await self._close(
                ClosureState.CLOSED, f"这个安装已经搬走：{self._settings}", closure.source, done=(SWITCHED,)
            )
        opened = await self._around.store.archive.closure()
        if opened is not None and opened.source == closure.source:
            await self._around.store.archive.reopen()

    async def _close(
        self, state: ClosureState, reason: str, source: str | None, *, done: tuple[str, ...] = ()
    ) -> Closure:
        closure = Closure(state=state, reason=reason, since=self._source.clock.now(), source=source, done=done)
        await self._archive.close(closure)
        return closure
