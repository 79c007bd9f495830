"""A process that reads many inputs, one after the other, and tells what each cost. It may be killed at any moment."""

import ctypes
import os
import resource
import tempfile
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from shared.testing.cpu import cpu_seconds
from tests.fuzz.judge import Verdict, judge
from tests.fuzz.mutations import CANARY

_MOST_ADDRESS_SPACE_BYTES = 4 * 1024**3


class Told(msgspec.Struct):
    """What reading one input came to.

    Attributes:
        cpu_seconds: of the process and of those it started.
        grown_bytes: peak of resident memory above what it was before.
    """

    verdict: Verdict
    cpu_seconds: float = 0.0
    grown_bytes: int = 0


def work(link: Connection) -> None:
    """Read what comes over the link until it closes."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESS_SPACE_BYTES, _MOST_ADDRESS_SPACE_BYTES))
    with tempfile.TemporaryDirectory(prefix="zhitui-fuzz-") as folder:
        here = Path(folder, "inner", "room")
        here.mkdir(parents=True)
        (here / "canary.txt").write_text(CANARY)
        os.chdir(here)
        while True:
            try:
                name, content = link.recv()
            except EOFError:
                return
            link.send(msgspec.json.encode(_read(here / name, content)))


def _read(path: Path, content: bytes) -> Told:
    path.write_bytes(content)
    del content
    before_bytes, before_seconds = _begin(), cpu_seconds()
    with tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
        try:
            verdict = judge(path, Path(spool))
        except BaseException:  # noqa: BLE001 - whatever it is, it is what is looked for
            verdict = Verdict(problems=[traceback.format_exc(limit=-8)])
    told = Told(verdict, cpu_seconds() - before_seconds, _peak_bytes() - before_bytes)
    path.unlink()
    verdict.problems += [f"a file was left outside: {left}" for left in _left_outside(path.parent)]
    return told


def _begin() -> int:
    """Forget the peak of memory, and return what is resident now."""
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak_bytes() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def _left_outside(here: Path) -> list[str]:
    expected = {here, here / "canary.txt", here.parent}
    found = {path for path in here.parent.parent.rglob("*") if path not in expected}
    found.update(
        path for path in (Path("/fuzz-escaped.csv"), Path(tempfile.gettempdir(), "fuzz-escaped.csv")) if path.exists()
    )
    return sorted(map(str, found))
