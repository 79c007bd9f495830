"""``.services.env``: where the checkout's servers are, as lines that a shell or a program can read."""

from pathlib import Path
from typing import TYPE_CHECKING

from tools.services.folder import KAFKA, MONGOD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.services.instance import Services
    from tools.services.replicas import Replicas

CHECKOUT = Path(__file__).resolve().parents[2]
FILE = CHECKOUT / ".services.env"


def write(services: "Services | Replicas") -> str:
    """Tell the checkout and the instance's folder where the servers are; return the lines."""
    text = (
        f"ZHITUI_KAFKA_BOOTSTRAP_SERVERS={services.kafka_bootstrap_servers}\n"
        f"ZHITUI_MONGO_URI={services.mongo_uri}\n"
        f"KAFKA_PID={_listed(services.pids(KAFKA))}\n"
        f"MONGO_PID={_listed(services.pids(MONGOD))}\n"
    )
    for file in (_own(services.folder), FILE):
        file.write_text(text, "utf-8")
    return text


def forget(folder: Path) -> None:
    """Remove what `write` wrote; the checkout's file only when no other instance has written it since."""
    own = _own(folder)
    if own.exists() and FILE.exists() and own.read_bytes() == FILE.read_bytes():
        FILE.unlink()
    own.unlink(missing_ok=True)


def running() -> dict[str, str]:
    """Return the file's values when all of its servers run, else nothing."""
    if not FILE.exists():
        return {}
    values = dict(line.split("=", 1) for line in FILE.read_text("utf-8").splitlines())
    pids = [pid for name in ("KAFKA_PID", "MONGO_PID") for pid in values[name].split(",")]
    return values if all(Path("/proc", pid).exists() for pid in pids) else {}


def _listed(pids: "Sequence[int | None]") -> str:
    return ",".join(map(str, pids))


def _own(folder: Path) -> Path:
    return folder / "services.env"
