"""The portal of a city: how soon its pages and its API answer, what that takes, and whether it keeps up with 200 requests a second.

The portal is a process of its own over a folder that is filled once and kept; this one is all of its visitors. First each route
alone, one request after the other: processor time that other work on the machine does not change. Then all of them mixed.
"""

import asyncio
import random
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import aiohttp
import msgspec
import numpy as np

from benchmarks.generator import FOLDER as BUILD
from benchmarks.generator import profile_file
from benchmarks.lookback import make_index
from benchmarks.portal_city import City, fill
from benchmarks.portal_server import WARM, Taken
from benchmarks.portal_visitors import API_LISTS, LISTS, Visitors
from services.matcher.lookback.folder import FOLDER as INDEX
from services.portal.console.assets import assets
from shared.clock import SystemClock
from shared.wire.profile import Profile
from tests.surroundings import open_surroundings

RATE = 200
SECONDS = 30
ALONE = 100
"""Requests of each route, one after the other."""
_TRIED = 200
_OPEN = 20
_MOST_FRESH_DAYS = 7
_WHOLE = "whole"

MIX = (
    *(("/inbox", 28), ("/profiles", 24), ("/destinations", 12), ("/subscriptions", 16), ("/fields", 12)),
    *((path, 14) for path in API_LISTS),
    *(("search", 8), ("count", 4), ("edit", 1), ("examples", 1), ("words", 1), ("save", 1), ("preview", 1)),
)
"""Routes and how often each is asked for, in comparison."""

ASKING = ("search", "edit", "examples", "words", "count", "save", "preview", "backtest")
"""Routes that ask the past."""

Rows = list[tuple[str, str]]


class Server:
    """The portal's process."""

    def __init__(self, asking: asyncio.StreamWriter, told: asyncio.StreamReader, address: str) -> None:
        self._asking, self._told = asking, told
        self.address = address

    async def taken(self, said: str = "") -> Taken:
        """Return what it took since this was last asked; see `benchmarks.portal_server`."""
        self._asking.write(f"{said}\n".encode())
        return msgspec.json.decode(await self._told.readline(), type=Taken)


def run(profiles: int = 20_000, accounts: int = 2_000, publications: int = 100_000) -> Rows:
    """Measure.

    Args:
        profiles: of all organisations but the large ones.
        accounts: organisations with one member each.
        publications: in the index of the past; see `benchmarks.lookback`.
    """
    city = City(profiles=profiles, accounts=accounts)
    path = profile_file(BUILD, max(10_000, profiles))
    rows = make_index(BUILD / f"lookback-{publications}", publications)
    folder = BUILD / f"portal-{profiles}-{accounts}"
    rows += asyncio.run(_filled(folder, city, path))
    index = folder / INDEX
    index.unlink(missing_ok=True)
    index.symlink_to(BUILD / f"lookback-{publications}" / INDEX)
    with path.open("rb") as lines:
        tried = [msgspec.json.decode(line, type=Profile) for line in islice(lines, _TRIED)]
    return rows + asyncio.run(_measured(folder, city, tried))


async def _filled(folder: Path, city: City, path: Path) -> Rows:
    """Fill the folder, unless that was done lately: sessions are over in two weeks."""
    whole = folder / _WHOLE
    if whole.exists() and time.time() - whole.stat().st_mtime < _MOST_FRESH_DAYS * 86_400:
        return []
    shutil.rmtree(folder, ignore_errors=True)
    async with open_surroundings(folder, clock=SystemClock()) as around:
        rows = await fill(around, city, path)
    whole.touch()
    return rows


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.portal_server", str(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    asking, told = process.stdin, process.stdout
    if asking is None or told is None:
        raise RuntimeError("the portal's process has no pipes")
    try:
        yield Server(asking, told, (await told.readline()).decode().strip())
    finally:
        asking.close()
        await process.wait()


async def _measured(folder: Path, city: City, tried: Sequence[Profile]) -> Rows:
    async with (
        _serving(folder) as server,
        aiohttp.ClientSession(
            auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=64)
        ) as http,
    ):
        visitors = Visitors(http, server.address, city, tried)
        rows = [await _first_page(http, server.address), await _centre(http, server)]
        rows += await _alone(server, visitors)
        rows += await _signing_in(server, visitors)
        rows += await _mixed(server, visitors)
        if visitors.times.errors:
            rows += [("first errors", "; ".join(visitors.times.errors[:5]))]
        return rows


async def _first_page(http: aiohttp.ClientSession, address: str) -> tuple[str, str]:
    """Load the page of who comes for the first time with all that it names, as a browser does."""
    parts = ["/sign-in", *(f"/assets/{asset.name}" for asset in assets().values())]
    size = 0
    for path in parts:
        async with http.get(address + path, headers={"Accept-Encoding": "gzip"}) as answer:
            size += len(await answer.read())
    return "first page with styles and scripts (goal ≤ 150 kB)", f"{size / 1e3:,.0f} kB"


async def _centre(http: aiohttp.ClientSession, server: Server) -> tuple[str, str]:
    """Ask for the operator's page."""
    await server.taken()
    began = time.perf_counter()
    async with http.get(f"{server.address}/centre") as answer:
        answer.raise_for_status()
        await answer.read()
    seconds = time.perf_counter() - began
    return "the operator's page", f"{1e3 * (await server.taken()).cpu_seconds:,.0f} ms CPU, {1e3 * seconds:,.0f} ms"


async def _alone(server: Server, visitors: Visitors) -> Rows:
    """One route after the other, one request after the other."""
    rows = []
    routes = [(path, large) for path in (*LISTS, *API_LISTS) for large in (False, True)]
    for route, large in [*routes, *((route, False) for route in ASKING)]:
        if route == ASKING[0]:
            await server.taken(WARM)
        name = f"alone: {route}" + (", 200 of everything" if large else "")
        for _ in range(2):
            await visitors.do(route, visitors.somebody(large=large), called="warm")
        count = 10 if route == "backtest" else ALONE
        if route == "save":
            await visitors.open_editors(count)
        await server.taken()
        for _ in range(count):
            await visitors.do(route, visitors.somebody(large=large), called=name)
        cpu = 1e3 * (await server.taken()).cpu_seconds / count
        size = np.mean(visitors.times.sizes[name]) / 1e3
        rows.append((name, f"{cpu:.1f} ms CPU, {visitors.times.figure(name)}, {size:,.0f} kB"))
    return rows


async def _signing_in(server: Server, visitors: Visitors, times: int = 20) -> Rows:
    await server.taken()
    for _ in range(times):
        await visitors.sign_in(visitors.somebody(large=False))
    cpu = 1e3 * (await server.taken()).cpu_seconds / times
    return [("sign-in, with its form (goal ≤ 300 ms)", f"{cpu:.0f} ms CPU, {visitors.times.figure('sign-in')}")]


async def _mixed(server: Server, visitors: Visitors) -> Rows:
    """Send `RATE` requests a second as people come, by chance and whether those before were answered or not (a Poisson process)."""
    routes, chance = [route for route, share in MIX for _ in range(share)], random.Random(11)
    await visitors.open_editors(_OPEN)
    errors = len(visitors.times.errors)
    await server.taken()
    began, own, lates = time.perf_counter(), time.process_time(), []
    due = began
    async with asyncio.TaskGroup() as group:
        for number in range(RATE * SECONDS):
            due += chance.expovariate(RATE)
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            lates.append(max(0.0, time.perf_counter() - due))
            route = routes[number * 37 % len(routes)]
            work = visitors.do(route, visitors.somebody(), called=f"mixed: {route}", late_seconds=lates[-1])
            group.create_task(work)
    seconds, own = time.perf_counter() - began, time.process_time() - own
    taken, count = await server.taken(), RATE * SECONDS
    figures = [(name, visitors.times.figure(name)) for name in visitors.times.seconds if name.startswith("mixed")]
    return [
        (f"{RATE} requests/s for {SECONDS} s", f"{count / seconds:,.0f} answered a second"),
        ("… errors (goal 0)", f"{len(visitors.times.errors) - errors}"),
        ("… CPU of the portal a request", f"{1e3 * taken.cpu_seconds / count:.2f} ms"),
        ("… of one core", f"{taken.cpu_seconds / seconds:.0%}"),
        ("… longest pause of the event loop", f"{1e3 * taken.pause_seconds:.0f} ms"),
        ("… memory at most", f"{taken.peak_mib:,.0f} MiB"),
        ("… the visitors, of one core", f"{own / seconds:.0%}"),
        ("… sent late by them, 99 % within", f"{1e3 * np.percentile(lates, 99):.0f} ms"),
        *sorted(figures),
    ]


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
