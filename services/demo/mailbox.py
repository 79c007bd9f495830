"""A mailbox to try things with: ``python -m services.demo.mailbox 8025`` prints every mail that reaches this port."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shared.testing.mailbox import Mailbox

if TYPE_CHECKING:
    from shared.testing.mailbox import Mail

INBOX = Path("inbox")


def keep(mail: "Mail", inbox: Path) -> None:
    """Print a mail as text and keep it whole, named by its delivery, so that a mail program can open it."""
    inbox.mkdir(exist_ok=True)
    # The id comes over the wire from whoever knows the port; only letters that make a file name are taken from it.
    name = "".join(c for c in mail.delivery_id if c.isalnum() or c in "-_") or "mail"
    path = inbox / f"{name}.eml"
    path.write_bytes(mail.raw)
    said = (
        f"\n收到邮件：{mail.message['Subject']}\n收件人：{mail.message['To']}\n\n{mail.body('plain')}\n原件：{path}\n"
    )
    sys.stdout.write(said)
    sys.stdout.flush()


async def serve(port: int, inbox: Path = INBOX) -> None:
    """Take mails until cancelled."""
    async with Mailbox(port=port, on_mail=lambda mail: keep(mail, inbox)) as mailbox:
        sys.stdout.write(f"试用邮箱在 127.0.0.1:{mailbox.port} 等待邮件。按 Ctrl-C 停止。\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1]) if sys.argv[1:] else 8025))
