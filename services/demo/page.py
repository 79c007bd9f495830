"""What the demonstration leaves to look at: one page, and each mail as a page, as plain text and raw."""

import shutil
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.demo.cast import GROUPS
from services.demo.table import sections
from services.demo.wecom_markdown import as_html

if TYPE_CHECKING:
    from services.demo.outcome import Outcome
    from shared.testing.mailbox import Mail

MAILS = "mails"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMail:
    """A mail as the page lists it; ``stem`` names its three files."""

    stem: str
    subject: str
    sender: str
    recipient: str
    count: int
    plain: str


def write_page(outcome: "Outcome", out: Path) -> Path:
    """Write ``index.html`` and the mails into a folder and return the page's path; an earlier run's mails go away."""
    folder = out / MAILS
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mails = [_write_mail(mail, folder, number) for number, mail in enumerate(outcome.mails, start=1)]
    environment = Environment(
        loader=PackageLoader("services.demo", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = out / "index.html"
    page.write_text(
        environment.get_template("page.html.j2").render(
            sections=sections(outcome), outcome=outcome, mails=mails, chats=_chats(outcome), refused=_refused(outcome)
        ),
        "utf-8",
    )
    return page


def _write_mail(mail: "Mail", folder: Path, number: int) -> ShownMail:
    stem = f"{number:02}"
    plain = mail.body("plain")
    (folder / f"{stem}.eml").write_bytes(mail.raw)
    # The mark at the start tells a browser that opens the bare file which encoding it is.
    (folder / f"{stem}.txt").write_text(plain, "utf-8-sig")
    (folder / f"{stem}.html").write_text(mail.body("html"), "utf-8-sig")
    return ShownMail(
        stem=f"{MAILS}/{stem}",
        subject=str(mail.message["Subject"]),
        sender=str(mail.message["From"]),
        recipient=str(mail.message["To"]),
        count=len(set(mail.numbers)),
        plain=plain,
    )


def _chats(outcome: "Outcome") -> list[tuple[str, list[Markup]]]:
    """Return (group name, its messages as HTML); `as_html` escapes."""
    by_key = sorted(outcome.messages, key=lambda message: message.key)
    return [
        (GROUPS[key], [Markup(as_html(m.kind, m.content)) for m in messages])  # noqa: S704 - escaped by as_html
        for key, messages in groupby(by_key, key=lambda message: message.key)
    ]


def _refused(outcome: "Outcome") -> list[tuple[str, str, str]]:
    """Return (where, why, what stood there)."""
    return [
        (f"{one.item.name} {one.item.location}", one.item.reason, one.raw.decode("gb18030", "replace").strip())
        for one in outcome.refused
    ]
