"""``python -m tests.described``: a portal of its own is asked by schemathesis; ends with 1 when it does not keep its word."""

import argparse
import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from services.portal.access import gate, limits
from tests.integration.portal.api.bench import open_bench

HERE = Path(__file__).parent
MOST_SECONDS = 25
"""Of asking; with what it takes to start on a busy machine, `make api` ends within 40 s."""
ENOUGH = 1_000_000
"""Requests that the token may make: the quota is tested elsewhere."""


async def main() -> int:
    """Serve, ask, and return schemathesis's exit status."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seed", type=int, default=1, help="another seed, other requests")
    asked.add_argument("--examples", type=int, default=2, help="how many a kind of request and operation")
    asked.add_argument("rest", nargs="*", help="more for schemathesis")
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(gate, "TOKEN", replace(limits.TOKEN, quota=ENOUGH)),
        patch.object(gate, "ADDRESS", replace(limits.ADDRESS, quota=ENOUGH)),
    ):
        async with open_bench(Path(folder)) as bench:
            ours = await bench.organisation("ours")
            process = await asyncio.create_subprocess_exec(
                Path(sys.executable).with_name("schemathesis"),
                f"--config-file={HERE / 'schemathesis.toml'}",
                "run",
                f"{bench.address}/api/openapi.json",
                f"--header=Authorization: Bearer {ours.token}",
                "--include-path-regex=^/api/v1",
                "--phases=coverage,fuzzing",
                "--generation-database=none",
                "--warnings=off",
                "--no-color",
                f"--seed={given.seed}",
                f"--max-examples={given.examples}",
                "--workers=1",  # several of its threads trip over how Python 3.11 counts the depth of what it parses
                f"--max-time={MOST_SECONDS}",
                *given.rest,
                cwd=folder,  # where it keeps what it would replay
            )
            return await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
