"""What sending mails costs: the channel alone, with and without a signature, and the notifier from what is owed to the last mail.

The mail server is a process of its own that takes everything and keeps nothing.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.installation import all_sent, open_installation, run_until, subscribe
from services.notifier.channels.email import EmailChannel
from services.notifier.channels.port import Frame, Means, Message
from services.notifier.delivery.places import LANES
from services.notifier.wiring import open_role as open_notifier
from shared.clock import SystemClock
from shared.settings import load_settings
from shared.store.records import Alert, AlertKey, Why
from shared.wire.match import Evidence, HitKind
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Destination
from tools.services.ports import answers, free_port

TITLE = "一种固态电池的隔膜及其制备方法"


def run(mails: int = 5_000) -> list[tuple[str, str]]:
    """Measure.

    Args:
        mails: how many in each part.
    """
    with _sink() as port:
        plain = asyncio.run(_channel(port, mails, key=None))
        signed = asyncio.run(_channel(port, mails, key=_key()))
        with tempfile.TemporaryDirectory() as folder:
            notifier = asyncio.run(_notifier(Path(folder), port, mails))
    return [
        (f"{mails:,} mails of one publication, the channel alone", plain),
        (f"{mails:,} mails, signed with RSA-2048", signed),
        (f"{mails:,} mails, from what is owed to the last one taken", notifier),
    ]


async def _channel(port: int, mails: int, *, key: str | None) -> str:
    settings = load_settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", dkim_key=key)
    channel = EmailChannel(Means(settings=settings, clock=SystemClock()))
    now = SystemClock().now()
    first = Message(
        id="d-0",
        destination=Destination(id="box", channel=Channel.EMAIL, address="wang@example.com", created_at=now),
        frame=Frame(
            subscription_id="battery", count=1, unsubscribe_url="https://zhitui.example.cn/u/AbCdEfGhIjKlMnOpQrStUv"
        ),
        alerts=(owed_alert("battery", "box"),),
        created_at=now,
    )
    numbers = iter(range(mails))

    async def lane() -> None:
        for number in numbers:
            await channel.send(replace(first, id=f"d-{number:024}"))

    try:
        await channel.send(first)  # templates are compiled, a connection is there
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(lane() for _ in range(LANES)))
        return _figure(mails, time.perf_counter() - began, time.process_time() - cpu)
    finally:
        await channel.close()


async def _notifier(folder: Path, port: int, mails: int) -> str:
    async with open_installation(folder, smtp_port=port) as (around, _):
        await subscribe(around, [Profile(id="p", rules=(Rule(groups=(("固态电池",),)),))], mails, "immediate")
        subscriptions = await around.store.subscriptions.all()
        await around.store.alerts.record([], [owed_alert(one.id, one.destinations[0]) for one in subscriptions])
        told = partial(all_sent, around, Channel.EMAIL, mails)
        async with open_notifier(around) as notifier:
            return _figure(mails, *await run_until([notifier], told))


def owed_alert(subscription_id: str, destination_id: str) -> Alert:
    """Return an alert that is due, of a publication that many are told of."""
    evidence = Evidence(term="固态电池", field="title", start=2, end=6, kind=HitKind.WORD, score=1.0)
    return Alert(
        key=AlertKey(subscription_id=subscription_id, publication_number="CN110000001A", destination_id=destination_id),
        family_key=None,
        publication=Publication(
            publication_number="CN110000001A", kind="A", title=TITLE, published_on=date(2026, 1, 6)
        ),
        whys=(Why(profile_id="p", profile_name="固态电池", rule=0, score=1.0, evidence=(evidence,)),),
        score=1.0,
        created_at=SystemClock().now(),
    )


def _figure(mails: int, seconds: float, cpu_seconds: float) -> str:
    return f"{mails / seconds:,.0f} mails/s, {1e3 * cpu_seconds / mails:.2f} ms CPU each"


def _key() -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


@contextmanager
def _sink() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.smtp_sink", str(port)])
    try:
        while not answers(port):
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
