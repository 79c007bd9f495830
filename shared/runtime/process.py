"""One process: its roles side by side, its HTTP doors, its stop."""

import asyncio
import signal
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING

from shared.errors import MisconfiguredError
from shared.logs import get_logger
from shared.runtime.cancelling import cancel
from shared.runtime.closed import stop_when_closed
from shared.runtime.doors import open_doors
from shared.runtime.idle import wait_until_idle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractAsyncContextManager

    from shared.metrics import Metrics
    from shared.runtime.doors import Doors
    from shared.runtime.role import Role, Surroundings
    from shared.store.port import Store

GRACE_SECONDS = 10.0
"""How long roles may take to finish what is in flight."""

PROBLEMS_AFTER_SECONDS = 5.0
"""What still keeps a role from being ready after so long is told to the operator."""

_READY_PAUSE_SECONDS = 0.02

log = get_logger("process")


async def run_process(
    around: "Surroundings",
    openers: "Sequence[Callable[[Surroundings], AbstractAsyncContextManager[Role]]]",
    *,
    until_idle: bool = False,
    grace_seconds: float = GRACE_SECONDS,
    on_listening: "Callable[[str], None]" = lambda _address: None,
    on_ready: "Callable[[list[str]], None]" = lambda _problems: None,
) -> None:
    """Run roles until SIGTERM, SIGINT, or, when asked to, until nothing is left to do.

    A second signal ends the process at once, as it would any program; nothing is lost by that either.

    Args:
        around: what roles are given.
        openers: each role's ``wiring.open_role``.
        until_idle: stop when all roles have worked off what is pending and due.
        grace_seconds: how long roles may take to finish before they are cancelled.
        on_listening: is told the address of the HTTP server.
        on_ready: is told that all roles are ready (an empty list), or, after a while, what is missing.

    Raises:
        MisconfiguredError: a setting keeps a role from working, or the store was closed; the operator must act.
        ExceptionGroup: a role crashed.
    """
    stop = asyncio.Event()
    with _signals_set(stop):
        async with AsyncExitStack() as stack:
            roles = [await stack.enter_async_context(opener(around)) for opener in openers]
            doors = await stack.enter_async_context(open_doors(roles, around))
            on_listening(doors.address)
            try:
                await _run_roles(
                    roles,
                    doors,
                    stop,
                    store=around.store,
                    idle_metrics=around.metrics if until_idle else None,
                    grace_seconds=grace_seconds,
                    on_ready=on_ready,
                )
            except ExceptionGroup as group:
                if misconfigured := group.subgroup(MisconfiguredError):
                    raise _first(misconfigured) from None
                raise


async def _run_roles(
    roles: "Sequence[Role]",
    doors: "Doors",
    stop: asyncio.Event,
    *,
    store: "Store",
    idle_metrics: "Metrics | None",
    grace_seconds: float,
    on_ready: "Callable[[list[str]], None]",
) -> None:
    async with asyncio.TaskGroup() as group:
        working = {group.create_task(_run_role(role, stop), name=role.name) for role in roles}
        closed = group.create_task(stop_when_closed(store, stop), name="closed")
        watching: list[asyncio.Task[object]] = [
            group.create_task(_tell_ready(roles, on_ready, stop), name="ready"),
            closed,
        ]
        if idle_metrics is not None:
            watching.append(group.create_task(wait_until_idle(roles, idle_metrics, stop), name="idle"))
        await stop.wait()
        log.info("stopping")
        await asyncio.gather(*map(cancel, watching))
        closing = group.create_task(doors.close(), name="doors")
        _, late = await asyncio.wait({*working, closing}, timeout=grace_seconds)
        for task in late:
            log.warning("role_cancelled", role=task.get_name(), after_seconds=grace_seconds)
        await asyncio.gather(*map(cancel, late))
        if not closed.cancelled() and (error := closed.result()) is not None:
            raise error


async def _run_role(role: "Role", stop: asyncio.Event) -> None:
    try:
        await role.run(stop)
    except MisconfiguredError:
        raise
    except Exception:
        log.exception("role_crashed", role=role.name)
        raise
    else:
        if not stop.is_set():
            raise RuntimeError(f"role {role.name} ended although nobody asked it to")
    finally:
        stop.set()  # whoever loses the cancellation that now comes (see `cancelling`) ends by this


async def _tell_ready(roles: "Sequence[Role]", on_ready: "Callable[[list[str]], None]", stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    complain_at = loop.time() + PROBLEMS_AFTER_SECONDS
    complained = False
    while not stop.is_set() and (problems := [problem for role in roles for problem in await role.problems()]):
        if not complained and loop.time() >= complain_at:
            complained = True
            on_ready(problems)
        await asyncio.sleep(1.0 if complained else _READY_PAUSE_SECONDS)
    if not stop.is_set():
        on_ready([])


@contextmanager
def _signals_set(stop: asyncio.Event) -> "Iterator[None]":
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)

    def restore() -> None:
        for one in signals:
            loop.remove_signal_handler(one)

    def on_signal() -> None:
        stop.set()
        restore()

    for one in signals:
        loop.add_signal_handler(one, on_signal)
    try:
        yield
    finally:
        restore()


def _first(group: ExceptionGroup[MisconfiguredError]) -> MisconfiguredError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
