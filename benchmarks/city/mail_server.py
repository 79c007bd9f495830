"""A mail server as a process of its own: ``python -m benchmarks.city.mail_server FILE``.

It prints its port once it listens, and writes a line for each mail: when it was taken, on the clock that all processes of a
machine share, and the publications that it tells.
"""

import asyncio
import sys
from pathlib import Path
from time import monotonic

from shared.testing.mailbox import Mail, Mailbox


async def main(path: Path) -> None:
    """Take mails until the process is killed."""
    with path.open("w", buffering=1, encoding="ascii") as lines:

        def taken(mail: Mail) -> None:
            moment = monotonic()
            lines.write(f"{moment} {' '.join(mail.numbers)}\n")

        async with Mailbox(on_mail=taken) as mailbox:
            print(mailbox.port, flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
