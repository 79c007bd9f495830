"""The outside world as a process of its own: a WeCom, a mailbox and a webhook receiver that outlive the program under test.

``python -m shared.testing.sinks --wecom-port N --smtp-port N --journal FILE`` (and ``--webhook-port N``) writes one JSON line, synced to disk, for
each message before it is acknowledged; the journal is what a crash test counts.
"""

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.clock import SystemClock
from shared.testing.mailbox import Mail, Mailbox
from shared.testing.receiver import FakeReceiver
from shared.testing.vendor import Accepted
from shared.testing.wecom import FakeWeCom

if TYPE_CHECKING:
    from collections.abc import Sequence


WEBHOOK_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""What the receiver checks calls with: the example of Standard Webhooks."""


class Journal:
    """Appends JSON lines that survive a power cut."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, line: dict[str, Any]) -> None:
        """Append one object."""
        os.write(self._descriptor, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        os.fsync(self._descriptor)

    def robot(self, message: Accepted) -> None:
        """Append a robot's message."""
        self.write(
            {
                "channel": "wecom-robot",
                "key": message.key,
                "publication_numbers": message.numbers,
                "raw": message.content,
            }
        )

    def webhook(self, message: Accepted) -> None:
        """Append a call of a webhook."""
        self.write(
            {
                "channel": "webhook",
                "delivery_id": message.body["data"].get("delivery_id"),
                "publication_numbers": message.numbers,
                "raw": message.content,
            }
        )

    def mail(self, mail: Mail) -> None:
        """Append a mail."""
        self.write(
            {
                "channel": "email",
                "delivery_id": mail.delivery_id,
                "to": mail.recipients,
                "publication_numbers": mail.numbers,
                "raw": mail.raw.decode("utf-8", "replace"),
            }
        )

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


async def run_sinks(
    wecom_port: int,
    smtp_port: int,
    journal_path: Path,
    stop: asyncio.Event,
    *,
    webhook_port: int = 0,
    answer_seconds: float = 0.0,
) -> None:
    """Serve all until ``stop``; each takes so long to answer once it has taken a message."""
    journal = Journal(journal_path)
    clock = SystemClock()
    try:
        async with (
            FakeWeCom(clock=clock, port=wecom_port, on_accept=journal.robot, answer_seconds=answer_seconds),
            Mailbox(port=smtp_port, on_mail=journal.mail, answer_seconds=answer_seconds),
            FakeReceiver(
                clock=clock,
                secrets=[WEBHOOK_KEY],
                port=webhook_port,
                on_accept=journal.webhook,
                answer_seconds=answer_seconds,
            ),
        ):
            await stop.wait()
    finally:
        journal.close()


async def _until_told(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run_sinks(
        arguments.wecom_port,
        arguments.smtp_port,
        arguments.journal,
        stop,
        webhook_port=arguments.webhook_port,
        answer_seconds=arguments.answer_seconds,
    )


def main(arguments: "Sequence[str] | None" = None) -> None:
    """Parse the command line and serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wecom-port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--webhook-port", type=int, default=0, help="default: some free one, which nobody knows")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument(
        "--answer-seconds", type=float, default=0.0, help="pause between taking a message and saying so"
    )
    asyncio.run(_until_told(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
