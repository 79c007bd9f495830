"""Draw the pictures of mails in README and docs/channels.md anew: ``make demo && python -m tools.make_screenshots``. Needs Chromium and a Chinese font.

One is of the demo; one of two subscriptions tells what robots tell in their pictures.
"""

import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import sync_playwright

from services.notifier.channels.port import Message
from services.notifier.templates.mail import items_of, render
from shared.wire.subscription import Channel, Destination
from tools.sample_messages import MADE_AT, NOW, ROOT, of_two

CHROMIUM = "/usr/bin/chromium"
SUBSCRIPTION = "订阅：新能源"
WINDOWS = {"desktop": (1280, 620), "phone": (375, 620)}
LOOKS: dict[Literal["light", "dark"], str] = {"light": "", "dark": "-dark"}


def main(demo: Path) -> None:
    """Photograph each mail in two window sizes, by day and by night."""
    of_demo = next(path for path in sorted(demo.glob("mails/*.html")) if SUBSCRIPTION in path.read_text("utf-8-sig"))
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        of_two_subscriptions = Path(folder) / "two.html"
        of_two_subscriptions.write_text(mail_of_two(), "utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for (ending, mail), (device, (width, height)), (look, night) in product(
            {"": of_demo, "-two": of_two_subscriptions}.items(), WINDOWS.items(), LOOKS.items()
        ):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=look)
            page.goto(mail.resolve().as_uri())
            name = f"docs/images/mail{ending}-{device}{night}.png"
            page.screenshot(path=ROOT / name, full_page=bool(ending))
            print(name)
        browser.close()


def mail_of_two() -> str:
    """Return the HTML of a mail of two subscriptions."""
    sample = of_two()
    destination = Destination(id="group", channel=Channel.EMAIL, address="wang@example.cn", created_at=NOW)
    message = Message(id="d-1", destination=destination, frame=sample.frame, alerts=sample.alerts, created_at=MADE_AT)
    return render(message, items_of(message))[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "demo-out")
