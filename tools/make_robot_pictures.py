"""Draw the pictures of robots' messages in docs/channels.md anew: ``python -m tools.make_robot_pictures``. Needs Chromium and a Chinese font.

Three publications of the sample gazette are sent by the real channels to the stand-ins of the vendors, told by one subscription and
by two; what those took is drawn.
"""

import asyncio
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from services.notifier.channels.port import Means, Message
from services.notifier.channels.registry import CHANNELS
from shared.settings import load_settings
from shared.testing import wechat, wecom_app
from shared.testing.clock import ManualClock
from shared.testing.dingtalk import FakeDingtalk
from shared.testing.feishu import FakeFeishu
from shared.testing.vendor import Accepted, FakeVendor
from shared.testing.wecom import FakeWeCom
from shared.wire.subscription import Channel, Destination
from tools.robot_chats import page
from tools.sample_messages import MADE_AT, NOW, ROOT, Sample, of_one, of_two

IMAGES = ROOT / "docs/images"
CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"desktop": (1280, 5), "phone": (375, 2)}
"""Width in pixels, and how many forms."""

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
NAMING = {
    "wechat_template_fields": "thing1=title,character_string2=number,thing3=applicant,date4=date,thing5=subscription"
}
"""Of two subscriptions a service account's message says whose it is, where its operator wants that."""

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
    """Draw every vendor's forms at two widths; of two subscriptions, too."""
    samples = {"": of_one(), "-two": of_two()}
    taken = {f"{name}{of}": asyncio.run(_sent(name, sample)) for name in ROBOTS for of, sample in samples.items()}
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


async def _sent(name: Channel, sample: Sample) -> list[tuple[str, Accepted, str]]:
    make, setting, key, forms = ROBOTS[name]
    taken = []
    async with make(clock=ManualClock(NOW)) as vendor:
        account = {**ACCOUNTS.get(name, {}), **(NAMING if sample.frame.sections else {})}
        settings = load_settings(**{setting: vendor.base_url, **account}, public_url="https://zhitui.example.cn")
        channel = CHANNELS[name](Means(settings=settings, clock=ManualClock(NOW)))
        for form, more in forms.items():
            options = {"format": form, **more} if form else {}
            destination = Destination(id="group", channel=name, address=key, options=options, created_at=NOW)
            told = sample.cut(channel.paginate(destination, sample.frame, sample.alerts)[0])
            await channel.send(
                Message(id="d-1", destination=destination, frame=told.frame, alerts=told.alerts, created_at=MADE_AT)
            )
            files = [media.name for media in vendor.media.values()] if isinstance(vendor, FakeWeCom) else []
            taken.append((f"format={form}" if form else str(name), vendor.accepted[-1], files[-1] if files else ""))
        await channel.close()
    return taken


if __name__ == "__main__":
    main()
