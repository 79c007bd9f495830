"""Draw the pictures of robots' messages in docs/channels.md anew: ``python -m tools.make_robot_pictures``. Needs Chromium and a Chinese font.

Three publications of the sample gazette are sent by the real channels to the stand-ins of the vendors; what those took is drawn.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from services.ingest.reader import Reading
from services.ingest.records import Parsed
from services.notifier.channels.port import Frame, Means, Message
from services.notifier.channels.registry import CHANNELS
from shared.settings import load_settings
from shared.store.records import Alert, AlertKey, Why
from shared.testing import wechat, wecom_app
from shared.testing.clock import ManualClock
from shared.testing.dingtalk import FakeDingtalk
from shared.testing.feishu import FakeFeishu
from shared.testing.vendor import Accepted, FakeVendor
from shared.testing.wecom import FakeWeCom
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Destination
from tools.robot_chats import page

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"desktop": (1280, 5), "phone": (375, 2)}
"""Width in pixels, and how many forms."""

TOLD = ("CN109994776A", "CN106058211B", "CN209088030U")
TERM = "电池"
NOW = datetime(2019, 7, 9, 1, 0, tzinfo=UTC)
ACCOUNTS: dict[Channel, dict[str, object]] = {
    Channel.WECOM_APP: {
        "wecom_corp_id": wecom_app.CORP_ID,
        "wecom_agent_id": wecom_app.AGENT_ID,
        "wecom_app_secret": wecom_app.SECRET,
    },
    Channel.WECHAT_SERVICE: {
        "wechat_app_id": wechat.APP_ID,
        "wechat_app_secret": wechat.SECRET,
        "wechat_template_id": wechat.TEMPLATE,
    },
}
ROBOTS: dict[Channel, tuple[type[FakeVendor], str, str, dict[str, dict[str, str]]]] = {
    Channel.WECOM_ROBOT: (
        FakeWeCom,
        "wecom_base_url",
        "693a91f6-7000-4000-8000-000000000001",
        {"markdown": {"mention": "zhangsan"}, "markdown_v2": {}, "text": {}, "card": {}, "file": {}},
    ),
    Channel.WECOM_APP: (
        wecom_app.FakeWeComApp,
        "wecom_base_url",
        "zhangsan",
        {"card": {}, "textcard": {}, "news": {}, "markdown": {}, "text": {}},
    ),
    Channel.WECHAT_SERVICE: (wechat.FakeWeChat, "wechat_base_url", wechat.FOLLOWER, {"": {}}),
    Channel.DINGTALK: (
        FakeDingtalk,
        "dingtalk_base_url",
        "0a" * 32,
        {"markdown": {"mention": "zhangsan"}, "text": {}, "card": {}},
    ),
    Channel.FEISHU: (
        FakeFeishu,
        "feishu_base_url",
        "693a91f6-7000-4000-8000-000000000001",
        {"card": {"mention": "@all"}, "post": {}, "text": {}},
    ),
}


def main() -> None:
    """Draw every vendor's forms at two widths."""
    alerts = sample_alerts()
    taken = {name: asyncio.run(_sent(name, alerts)) for name in ROBOTS}
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for (name, messages), (device, (width, count)) in product(taken.items(), WIDTHS.items()):
            path = Path(folder) / f"{name}-{device}.html"
            path.write_text(page(messages[:count]), "utf-8")
            view = browser.new_page(viewport={"width": width, "height": 400})
            view.goto(path.as_uri())
            view.screenshot(path=IMAGES / f"{name}-{device}.png", full_page=True)
            print(f"docs/images/{name}-{device}.png")
        browser.close()


async def _sent(name: Channel, alerts: tuple[Alert, ...]) -> list[tuple[str, Accepted, str]]:
    make, setting, key, forms = ROBOTS[name]
    frame = Frame(
        subscription_id="新能源",
        count=len(alerts),
        left_out=4,
        unsubscribe_url="https://zhitui.example.cn/u/AbCdEfGhIjKlMnOpQrStUv",
    )
    taken = []
    async with make(clock=ManualClock(NOW)) as vendor:
        account = ACCOUNTS.get(name, {})
        settings = load_settings(**{setting: vendor.base_url, **account}, public_url="https://zhitui.example.cn")
        channel = CHANNELS[name](Means(settings=settings, clock=ManualClock(NOW)))
        for form, more in forms.items():
            options = {"format": form, **more} if form else {}
            destination = Destination(id="group", channel=name, address=key, options=options, created_at=NOW)
            told = channel.paginate(destination, frame, alerts)[0]
            shown = replace(frame, count=len(told))
            await channel.send(Message(id="d-1", destination=destination, frame=shown, alerts=told, created_at=NOW))
            files = [media.name for media in vendor.media.values()] if isinstance(vendor, FakeWeCom) else []
            taken.append((f"format={form}" if form else str(name), vendor.accepted[-1], files[-1] if files else ""))
        await channel.close()
    return taken


def sample_alerts() -> tuple[Alert, ...]:
    """Return alerts about publications of the sample gazette."""
    with TemporaryDirectory() as spool:
        items = [item for item in Reading.of_path(ROOT / "samples/gazette", Path(spool)) if isinstance(item, Parsed)]
    found = {item.publication.publication_number: item.publication for item in items}
    return tuple(_alert(found[number]) for number in TOLD)


def _alert(publication: Publication) -> Alert:
    start = publication.title.index(TERM)
    hit = Evidence(term=TERM, field="title", start=start, end=start + len(TERM), kind=HitKind.AFFIX, score=1.0)
    why = Why(profile_id="battery", profile_name="动力电池", rule=0, score=0.9, evidence=(hit,))
    number = publication.publication_number
    return Alert(
        key=AlertKey(subscription_id="新能源", publication_number=number, destination_id="group"),
        family_key=None,
        publication=publication,
        whys=(why,),
        score=0.9,
        created_at=NOW,
    )


if __name__ == "__main__":
    main()
