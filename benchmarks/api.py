"""What a request to the API costs: ``python -m benchmarks.api``.

A portal on the embedded store, one organisation with 50 profiles and 50 subscriptions; asked by another process over HTTP. CPU time is
the portal's alone; requests a second are those of a machine that does nothing else.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from services.portal.access import gate, limits
from tests.integration.portal.api.bench import Bench, Tenant, open_bench

ENOUGH = 1_000_000
HELD = 50
PROFILE = {
    "name": "固态电池隔膜",
    "rules": [{"groups": [["固态电池", "全固态电池"], ["隔膜", "电解质膜"]], "ipc": ["H01M10*"]}],
}
ASKING = """
import asyncio, sys, aiohttp
base, token, path, count = sys.argv[1:]
async def main():
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer " + token}) as session:
        slots = asyncio.Semaphore(8)
        async def ask():
            async with slots, session.get(base + "/api/v1" + path) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
        await asyncio.gather(*(ask() for _ in range(int(count))))
asyncio.run(main())
"""


async def main() -> None:
    """Fill, ask, tell."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("-n", type=int, default=1_000, help="requests of each kind")
    count = asked.parse_args().n
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(gate, "TOKEN", replace(limits.TOKEN, quota=ENOUGH)),
    ):
        async with open_bench(Path(folder)) as bench:
            ours = await bench.organisation("ours")
            profile_id = await fill(bench, ours)
            for path in (
                "/me",
                f"/profiles/{profile_id}",
                f"/profiles?limit={HELD}",
                f"/subscriptions?limit={HELD}",
                "/destinations",
                "/deliveries",
                "/matches",
            ):
                cpu, wall = time.process_time(), time.perf_counter()
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", ASKING, bench.address, ours.token, path, str(count)
                )
                if await process.wait():
                    raise SystemExit(f"{path} was refused")
                cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
                name = path.replace(profile_id, "{profile_id}")
                print(f"{name:24} {cpu / count * 1e3:6.2f} ms CPU   {count / wall:6.0f} a second")


async def fill(bench: Bench, ours: Tenant) -> str:
    """Make profiles and subscriptions; return a profile's id."""
    _, _, mail = await bench.ask(ours.token, "POST", "/destinations", {"channel": "email", "address": "a@example.cn"})
    for _ in range(HELD):
        _, _, made = await bench.ask(ours.token, "POST", "/profiles", PROFILE)
        draft = {"profiles": [made["id"]], "destinations": [mail["id"]]}
        await bench.ask(ours.token, "POST", "/subscriptions", draft)
    return str(made["id"])


if __name__ == "__main__":
    asyncio.run(main())
