"""``.services.env``: where the checkout's servers are, as lines that a shell or a program can read."""

from pathlib import Path
from typing import TYPE_CHECKING

from tools.services.folder import KAFKA, MONGOD

if TYPE_CHECKING:
    from tools.services.instance import Services

CHECKOUT = Path(__file__).resolve().parents[2]
FILE = CHECKOUT / ".services.env"


def write(services: "Services") -> str:
    """Tell the checkout and the instance's folder where the servers are; return the lines."""
    text = (
        f"ZHITUI_KAFKA_BOOTSTRAP_SERVERS={services.kafka_bootstrap_servers}\n"
        f"ZHITUI_MONGO_URI={services.mongo_uri}\n"
        f"KAFKA_PID={services.pid(KAFKA)}\n"
        f"MONGO_PID={services.pid(MONGOD)}\n"
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
    """Return the file's values when both of its servers run, else nothing."""
    if not FILE.exists():
        return {}
    values = dict(line.split("=", 1) for line in FILE.read_text("utf-8").splitlines())
    return values if all(Path("/proc", values[name]).exists() for name in ("KAFKA_PID", "MONGO_PID")) else {}


def _own(folder: Path) -> Path:
    return folder / "services.env"
