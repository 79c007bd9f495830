"""Off is the default, and off means that nothing of it is there."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, sys
from pathlib import Path
from shared.testing.mailbox import Mailbox
from tests.integration.tracing.line import run, settings_of

async def main():
    async with Mailbox() as box:
        await run(settings_of(Path(sys.argv[1]), box.port, **eval(sys.argv[2])), ["CN110083831A"])
        assert len(box.mails) == 1

asyncio.run(main())
print(sorted({name.partition(".")[0] for name in sys.modules} & {"opentelemetry", "requests", "google"}))
"""


def _loaded(folder: Path, settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), settings], capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_whole_line_runs_without_the_library_being_loaded(tmp_path: Path) -> None:
    assert _loaded(tmp_path, "{}") == "[]"


@pytest.mark.long  # shows that the test above can fail
def test_the_library_is_loaded_where_tracing_is_on(tmp_path: Path) -> None:
    on = '{"tracing": "otlp", "tracing_endpoint": "http://127.0.0.1:9/v1/traces", "tracing_sample_ratio": 0}'
    assert "opentelemetry" in _loaded(tmp_path, on)
