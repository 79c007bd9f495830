"""Draw the pictures of a mail in README and docs/channels.md anew: ``make demo && python tools/make_screenshots.py``. Needs Chromium and a Chinese font."""

import sys
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
SUBSCRIPTION = "订阅：新能源"
WINDOWS = {"desktop": (1280, 620), "phone": (375, 620)}
LOOKS: dict[Literal["light", "dark"], str] = {"light": "", "dark": "-dark"}


def main(demo: Path) -> None:
    """Photograph the mail of one subscription in two window sizes, by day and by night."""
    mail = next(path for path in sorted(demo.glob("mails/*.html")) if SUBSCRIPTION in path.read_text("utf-8-sig"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for (name, (width, height)), (look, ending) in product(WINDOWS.items(), LOOKS.items()):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=look)
            page.goto(mail.resolve().as_uri())
            page.screenshot(path=ROOT / "docs/images" / f"mail-{name}{ending}.png")
            print(f"docs/images/mail-{name}{ending}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "demo-out")
