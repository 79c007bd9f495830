"""Settings of links to the secured servers."""

import asyncio
import uuid
from pathlib import Path
from urllib.parse import quote

from shared.settings import Settings, load_settings
from tests.faults.proxy import Proxy
from tests.integration.links.secured import PASSWORD, USER


def kafka_settings(folder: Path, address: str, security: str, **more: object) -> Settings:
    """Return settings whose bus is at this address; ``more`` are Kafka's, without ``kafka_``."""
    names = {f"kafka_{name}": value for name, value in more.items()}
    return load_settings(
        data_dir=folder,
        bus="kafka",
        kafka_bootstrap_servers=address,
        kafka_security=security,
        kafka_prefix=f"t{uuid.uuid4().hex[:12]}.",
        **names,
    )


def mongo_settings(
    folder: Path,
    address: str,
    *,
    ca: Path | None = None,
    user: str = USER,
    password: str | None = None,
    timeout_seconds: float = 1.0,
) -> Settings:
    """Return settings whose store is at this address, in a database of its own; TLS where a CA is given, a login where a password is."""
    who = "" if password is None else f"{user}:{quote(password, safe='')}@"
    options = ["directConnection=true", "heartbeatFrequencyMS=500"]  # not 10 s: how soon what heals is noticed
    if ca is not None:
        options += ["tls=true", f"tlsCAFile={ca}"]
    if password is not None:
        options.append("authSource=admin")
    return load_settings(
        data_dir=folder,
        store="mongo",
        mongo_uri=f"mongodb://{who}{address}/?{'&'.join(options)}",
        mongo_database=f"links-{uuid.uuid4().hex[:12]}",
        mongo_timeout_seconds=timeout_seconds,
    )


def login(mechanism: str = "SCRAM-SHA-512", password: str = PASSWORD) -> dict[str, str]:
    """Return the settings of a login at Kafka."""
    return {"username": USER, "password": password, "sasl_mechanism": mechanism}


async def until_idle(proxy: Proxy) -> None:
    """Let a library say goodbye, which it does in the background."""
    await asyncio.to_thread(proxy.wait_until_idle)
