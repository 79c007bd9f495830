"""``python -m tools.services start|stop|status``: the servers of this checkout (``make services``, ``make services-stop``).

``SERVICES_DIR`` puts them elsewhere than ``.services``; every folder is an instance of its own. ``start`` writes their
addresses and process ids to ``.services.env`` beside the Makefile and to ``services.env`` in the folder.
"""

import os
import shutil
import sys
import time
from pathlib import Path

from tools.services import environment
from tools.services.errors import ServerError
from tools.services.folder import daemons
from tools.services.guard import guard
from tools.services.instance import Services


def _folder() -> Path:
    return Path(os.environ.get("SERVICES_DIR") or environment.CHECKOUT / ".services").resolve()


def _start(folder: Path) -> int:
    began = time.monotonic()
    services = Services(folder, guarded=False)
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
    if Services(folder, guarded=False).stop():
        shutil.rmtree(folder)
        print("stopped, data removed")
    else:
        print(f"stopped, data removed; a server had ended before or had to be killed: its log is in {folder}")
    return 0


def _status(folder: Path) -> int:
    pids = {daemon.name: daemon.pid for daemon in daemons(folder)}
    for name, pid in pids.items():
        print(f"{name} runs as process {pid}" if pid else f"{name} is down")
    return 0 if all(pids.values()) else 1


def main() -> int:
    """Do what the command line says; return the exit status."""
    if sys.argv[1:2] == ["guard"]:
        guard(map(Path, sys.argv[2:]))
        return 0
    commands = {"start": _start, "stop": _stop, "status": _status}
    command = commands.get(" ".join(sys.argv[1:]))
    if command is None:
        print(__doc__)
        return 2
    try:
        return command(_folder())
    except ServerError as error:
        print(f"services: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
