"""Draw the pictures in docs/console.md anew: ``python -m tools.make_console_pictures``. Needs Chromium and a Chinese font.

The real pages over the sample gazette, whose days are spread over the last four weeks so that there is something to count; the answers
about the past are the matcher's.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from playwright.async_api import Browser, Page, async_playwright

from services.ingest.reader import Reading
from services.ingest.records import Parsed
from services.matcher.lookback.advice import open_advice
from services.notifier.outlets import ChannelOutlets
from services.portal.desk.accounts import actor_of
from services.portal.desk.actor import Actor, Way
from services.portal.desk.desk import Desk
from services.portal.desk.visitor import Visitor
from services.portal.wiring import open_role
from shared.backends import open_backends
from shared.clock import SystemClock
from shared.errors import RetryLaterError
from shared.filing.accounts import ACCOUNTS, Account
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.metrics import Metrics
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.store.records import PublicationVersion
from shared.wire.content import content_hash
from shared.wire.profile import Profile, Rule
from tools.console_alerts import given_up, told
from tools.make_robot_pictures import CHROMIUM, IMAGES
from tools.sample_messages import ROOT

WINDOWS = {"desktop": (1280, 860), "phone": (375, 812)}
COMPANY = "广州视源电子科技股份有限公司"
PRODUCT = "我们做锂离子电池的负极材料和电解液，也关心极片的涂布和干燥。"
BATTERIES = Rule(groups=(("锂离子电池", "锂电池"),), none=("车载",))
NARROWER = Rule(
    groups=(("锂离子电池", "锂电池"), ("负极", "电解液", "极片")), none=("车载",), ipc=("H01M4*", "H01M10*")
)
DAYS = 28


@dataclass(frozen=True)
class Scene:
    """The console with a member who is signed in."""

    browser: Browser
    address: str
    token: str

    async def page(self, window: str, *, dark: bool = False) -> Page:
        """Return a blank page of a size, by day or by night."""
        width, height = WINDOWS[window]
        context = await self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", base_url=self.address
        )
        await context.add_cookies([{"name": "session", "value": self.token, "url": self.address}])
        return await context.new_page()

    async def draw(self, name: str, path: str, window: str, *, dark: bool = False) -> None:
        """Draw one page."""
        page = await self.page(window, dark=dark)
        await page.goto(path, wait_until="networkidle")  # parts of a page come after it
        await pictured(page, f"{name}-{window}{'-dark' if dark else ''}")


def main() -> None:
    """Draw them."""
    with TemporaryDirectory() as folder:
        asyncio.run(_draw(Path(folder)))


async def pictured(page: Page, name: str) -> None:
    """Photograph what the window shows."""
    await page.screenshot(path=IMAGES / f"console-{name}.png")
    print(f"docs/images/console-{name}.png")


async def _draw(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        around = await _surroundings(stack, folder)
        portal = await stack.enter_async_context(open_role(around))
        doors = await stack.enter_async_context(open_doors([portal], around))
        desk = Desk(around)
        stack.callback(desk.close)
        actor, token = await _member(around, desk)
        profile_id = await _edited(desk, actor)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        stack.push_async_callback(browser.close)
        scene = Scene(browser, doors.address, token)
        for window in WINDOWS:
            await scene.draw("start", "/start", window)
            await _words(scene, window)
            await scene.draw("editor", f"/profiles/{profile_id}", window)
        await scene.draw("editor", f"/profiles/{profile_id}", "desktop", dark=True)
        await _why(scene, profile_id)
        await scene.draw("history", f"/profiles/{profile_id}/history", "phone", dark=True)
        await scene.draw("where", f"/start/where?profile={profile_id}", "phone")
        await scene.draw("organisation", "/organisation", "desktop")
        subscription_id, key = await told(around, desk, actor, profile_id)
        for window in WINDOWS:
            await scene.draw("inbox", "/inbox", window)
        await scene.draw("item", f"/inbox/{key}", "desktop")
        await scene.draw("subscription", f"/subscriptions/{subscription_id}", "desktop")
        message_id = await given_up(around, desk, actor, subscription_id)
        await scene.draw("message", f"/deliveries/{message_id}", "desktop")
        await scene.draw("destinations", "/destinations/new", "phone", dark=True)


async def _surroundings(stack: AsyncExitStack, folder: Path) -> Surroundings:
    settings = load_settings(data_dir=folder, http_port=0)
    clock, secrets = SystemClock(), open_secret_box(settings)
    backends = await stack.enter_async_context(open_backends(settings, clock, secrets))
    around = Surroundings(
        settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
    )
    await _store_sample(around, folder)
    advice = await stack.enter_async_context(open_advice(around))
    async with asyncio.timeout(120):
        while True:
            try:
                await advice.holder(COMPANY)
                break
            except RetryLaterError:
                await asyncio.sleep(0.5)
    return replace(around, outlets=ChannelOutlets(settings, clock), advice=advice)


async def _store_sample(around: Surroundings, spool: Path) -> None:
    today, now = around.clock.now().date(), around.clock.now()
    read = [item.publication for item in Reading.of_path(ROOT / "samples/gazette", spool) if isinstance(item, Parsed)]
    moved = [msgspec.structs.replace(one, published_on=today - timedelta(days=n % DAYS)) for n, one in enumerate(read)]
    await around.store.publications.save(
        [
            PublicationVersion(publication=one, version=1, content_hash=content_hash(one), accepted_at=now)
            for one in moved
        ]
    )


async def _member(around: Surroundings, desk: Desk) -> tuple[Actor, str]:
    now = around.clock.now()
    organisation = Organisation(id="o-1", name=COMPANY, applicants=(COMPANY,), region="440112", created_at=now)
    people = [
        Account(id=f"a-{n}", organisation_id="o-1", email=f"{name}@example.cn", name=zh, role=role, created_at=now)
        for n, (name, zh, role) in enumerate(
            (("li", "李工", "owner"), ("wang", "王工", "editor"), ("chen", "陈经理", "viewer"))
        )
    ]
    await around.store.shelf(ORGANISATIONS).add([organisation])
    await around.store.shelf(ACCOUNTS).add(people)
    here = Visitor(address="192.0.2.7", device="Firefox · Windows")
    session = await desk.sessions.open(people[0], here, by="password")
    return actor_of(people[0], here, Way.SESSION), session.token


async def _edited(desk: Desk, actor: Actor) -> str:
    own = await desk.profiles.make(actor, Profile(id="x", name="锂电池材料", rules=(BATTERIES,)))
    changed = await desk.profiles.replace(
        actor, own.profile.id, Profile(id="x", name="锂电池材料", rules=(NARROWER,)), revision=own.revision
    )
    return changed.profile.id


async def _words(scene: Scene, window: str) -> None:
    page = await scene.page(window)
    await page.goto("/start")
    await page.get_by_label("您的产品或技术").fill(PRODUCT)
    await page.get_by_role("button", name="提取关键词").click()
    await page.locator("#examples .publication").first.wait_for()
    await pictured(page, f"words-{window}")


async def _why(scene: Scene, profile_id: str) -> None:
    page = await scene.page("desktop")
    await page.goto(f"/profiles/{profile_id}")
    await page.get_by_label("粘贴一个公开号").fill("CN209088030U")
    await page.get_by_role("button", name="看看").click()
    await page.locator(".conditions").wait_for()
    await page.wait_for_load_state("networkidle")
    await page.locator(".conditions").scroll_into_view_if_needed()
    await pictured(page, "why-desktop")


if __name__ == "__main__":
    main()
