"""Is the process alive, are its roles ready, how much has it done."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, ProcessCollector, generate_latest

from shared.bus.lags import measure_lags
from shared.errors import ZhituiError
from shared.runtime.forwarded import inside_only
from shared.runtime.role import Watchful

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.runtime.role import Role, Surroundings

PING_SECONDS = 2.0
"""A store that takes longer to answer than this counts as not there."""


def health_routes(roles: "Sequence[Role]", around: "Surroundings") -> list[web.RouteDef]:
    """Return ``/healthz``, ``/readyz`` and ``/metrics``; the latter two tell much, and nothing of it to the world."""
    ProcessCollector(registry=around.metrics.registry)

    async def healthz(_request: web.Request) -> web.Response:
        """Whether the process lives: its event loop turns and its store answers (503 when not)."""
        started = time.perf_counter()
        await asyncio.sleep(0)
        loop_delay = time.perf_counter() - started
        problem = await _store_problem(around)
        body = {
            "status": "ok" if problem is None else "failing",
            "roles": [role.name for role in roles],
            "store": problem or "ok",
            "event_loop_delay_seconds": round(loop_delay, 6),
        }
        return _json(body, 200 if problem is None else 503)

    @inside_only
    async def readyz(_request: web.Request) -> web.Response:
        """Whether every role can do its work (503 with what is missing when not); what else somebody should look at."""
        problems = {role.name: await role.problems() for role in roles}
        warnings = {role.name: await role.warnings() for role in roles if isinstance(role, Watchful)}
        ready = not any(problems.values())
        body: dict[str, object] = {"status": "ready" if ready else "not ready", "problems": problems}
        if any(warnings.values()):
            body["warnings"] = warnings
        return _json(body, 200 if ready else 503)

    @inside_only
    async def metrics(_request: web.Request) -> web.Response:
        """Everything that is counted, in the Prometheus text format."""
        await _measure_lags(around)
        return web.Response(
            body=generate_latest(around.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


async def _measure_lags(around: "Surroundings") -> None:
    """Bring the gauge up to date; when the bus does not answer it has no value, and everything else is still told."""
    lags = []
    with suppress(TimeoutError, ZhituiError):
        async with asyncio.timeout(PING_SECONDS):
            lags = await measure_lags(around.bus, around.settings.matcher_shards)
    around.metrics.lag.clear()  # in one go with what follows: somebody else may be asking, too
    for topic, group, lag in lags:
        around.metrics.lag.labels(topic=topic.name, group=group).set(lag)


async def _store_problem(around: "Surroundings") -> str | None:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await around.store.ping()
    except TimeoutError:
        return f"存储在 {PING_SECONDS:g} 秒内没有应答。"
    except ZhituiError as error:
        return str(error)
    return None


def _json(body: object, status: int) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json")
