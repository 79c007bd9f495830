"""``python -m tools.services start|stop|status``: the servers of this checkout (``make services``, ``make services-stop``).

``SERVICES_DIR`` puts them elsewhere than ``.services``; every folder is an instance of its own. ``start`` writes their
addresses and process ids to ``.services.env`` beside the Makefile and to ``services.env`` in the folder. ``start --replicas 3``
starts three brokers and a replica set of three, which take about 1.1 GiB when idle.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from tools.services import environment
from tools.services.errors import ServerError
from tools.services.guard import guard
from tools.services.instance import Services
from tools.services.replicas import Replicas


def _folder() -> Path:
    return Path(os.environ.get("SERVICES_DIR") or environment.CHECKOUT / ".services").resolve()


def _there(folder: Path, replicas: int = 0) -> Services | Replicas:
    """Return the instance in a folder, or one that is to be there; ``replicas``: as many of each, 0 for however many there are.

    Raises:
        ServerError: there is another kind of instance.
    """
    count = Replicas.count_in(folder)
    is_there = count > 0 or (folder / "ports.json").exists()
    if replicas and is_there and (count or 1) != replicas:
        raise ServerError(f"{folder} has {count or 1} of each; stop them first, or name another SERVICES_DIR")
    wanted = replicas if replicas and not is_there else count
    return Replicas(folder, count=wanted, guarded=False) if wanted > 1 else Services(folder, guarded=False)


def _start(folder: Path, replicas: int) -> int:
    began = time.monotonic()
    services = _there(folder, replicas)
    services.start()
    text = environment.write(services)
    print(f"Kafka and MongoDB serve after {time.monotonic() - began:.1f} s, in {folder}; {environment.FILE.name}:")
    print(text, end="")
    return 0


def _stop(folder: Path) -> int:
    if not folder.exists():
        print("no servers were started here")
        return 0
    environment.forget(folder)
    if _there(folder).stop():
        shutil.rmtree(folder)
        print("stopped, data removed")
    else:
        print(f"stopped, data removed; a server had ended before or had to be killed: its log is in {folder}")
    return 0


def _status(folder: Path) -> int:
    if not folder.exists():
        print("no servers were started here")
        return 1
    services = _there(folder)
    pids = {name: services.pid(name) for name in services.names}
    for name, pid in pids.items():
        print(f"{name} runs as process {pid}" if pid else f"{name} is down")
    return 0 if all(pids.values()) else 1


def main() -> int:
    """Do what the command line says; return the exit status."""
    if sys.argv[1:2] == ["guard"]:
        guard(map(Path, sys.argv[2:]))
        return 0
    parser = argparse.ArgumentParser(
        prog="python -m tools.services", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["start", "stop", "status"])
    parser.add_argument("--replicas", type=int, default=0, choices=[1, 3, 5], help="how many of each; for start")
    asked = parser.parse_args()
    try:
        if asked.command == "start":
            return _start(_folder(), asked.replicas)
        return _stop(_folder()) if asked.command == "stop" else _status(_folder())
    except ServerError as error:
        print(f"services: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
