"""Draw the pictures in docs/wecom.md anew: ``python -m tools.make_wecom_pictures``. Needs Chromium and a Chinese font.

The portal runs beside the stand-in of WeCom. An administrator connects an app on the real pages; then a member chats with it, is
sent a card by the real channel and presses its button. What the stand-in shows to the member is drawn.
"""

import asyncio
import dataclasses
from contextlib import AsyncExitStack
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from playwright.async_api import Page, Route, async_playwright

from services.notifier.channels.port import Frame, Message
from services.notifier.channels.registry import channels_of
from services.notifier.outlets import ChannelOutlets
from services.portal.desk.visitor import Visitor
from services.portal.pipeline import Portal
from services.portal.wiring import open_role
from shared.backends import open_backends
from shared.clock import SystemClock
from shared.filing.accounts import Account
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.filing.wecom_corps import WecomCorp
from shared.metrics import Metrics
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.store.records import Alert, AlertKey, Delivery, GroupPlan
from shared.testing.advice import PlainAdvice
from shared.testing.vendor import Accepted
from shared.testing.wecom_app import FakeWeComApp
from shared.testing.wecom_callbacks import CallbackSender
from shared.testing.wecom_enterprise import Enterprise, Person
from shared.wire.subscription import Channel
from tools.make_robot_pictures import CHROMIUM, IMAGES
from tools.robot_chats import drawn
from tools.sample_messages import sample_alerts

PUBLIC = "https://zhitui.example.cn"
WIDTHS = {"desktop": 1000, "phone": 375}
ORGANISATION = "o-1"
SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"  # noqa: S105 - made up
PLACE = f"{PUBLIC}/organisation/wecom"
SAID = ("订阅 电池 -铅酸", "确认", "我的订阅")

_CHAT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>
*{{box-sizing:border-box}} body{{margin:0;background:#eef1f5;color:#1c2430;font:14px/1.6 "Noto Sans CJK SC",sans-serif}}
h1{{margin:0;padding:12px;background:#fff;font-size:16px;text-align:center;border-bottom:1px solid #dde2e9}} main{{padding:12px;display:grid;gap:12px}}
.line{{display:flex}} .mine{{justify-content:flex-end}} .bubble{{max-width:88%;background:#fff;border-radius:4px 10px 10px;padding:10px 14px;
overflow-wrap:anywhere;white-space:pre-wrap}} .mine .bubble{{background:#c9e0ff;border-radius:10px 4px 10px 10px}} .card{{white-space:normal}}
.bubble p{{margin:0}} .gap{{height:9px}} .comment{{color:#7a828e}} .row{{display:flex;gap:10px}} .row i{{flex:none;width:5em;color:#7a828e;font-style:normal}}
.button{{border-top:1px solid #e2e6ec;margin-top:8px;padding-top:6px;color:#1256a8;text-align:center}}
.bar{{display:grid;grid-template-columns:repeat(3,1fr);background:#fff;border-top:1px solid #dde2e9;text-align:center}} .bar span{{padding:10px}}
</style><h1>知推</h1><main>{lines}</main><div class="bar">{menu}</div></html>"""


def main() -> None:
    """Draw them."""
    with TemporaryDirectory() as folder:
        asyncio.run(_draw(Path(folder)))


async def _draw(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        vendor = await stack.enter_async_context(FakeWeComApp(clock=clock))
        around = await _surroundings(stack, folder, vendor)
        portal = await stack.enter_async_context(open_role(around))
        doors = await stack.enter_async_context(open_doors([portal], around))
        enterprise = vendor.add(Enterprise(clock, "ww8a1b2c3d4e5f6071", 1000002, SECRET))
        enterprise.hire(*(Person(user_id=user, name=name) for user, name in (("wang", "王工"), ("chen", "陈经理"))))
        enterprise.domain = "zhitui.example.cn"
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        stack.push_async_callback(browser.close)
        page = await browser.new_page(viewport={"width": WIDTHS["desktop"], "height": 700})
        await page.context.add_cookies(
            [{"name": "__Host-session", "value": await _signed_in(portal, around), "url": PUBLIC, "secure": True}]
        )
        await page.route(f"{PUBLIC}/**", lambda route: _led(route, doors.address))
        corp = await _connected(page, portal)
        calls = CallbackSender(
            clock=clock,
            enterprise=enterprise,
            url=f"{doors.address}/wecom/{corp.id}/callback",
            token=corp.token,
            aes_key=corp.aes_key,
        )
        if not await calls.check_url():
            raise RuntimeError("the address was not confirmed")
        await page.get_by_role("button", name="检查连接").click()
        await page.get_by_text("已连接。").wait_for()
        await _pictured(page, "wecom-connected")
        await page.get_by_role("button", name="创建菜单").click()
        await page.get_by_text("菜单已创建").wait_for()
        await page.get_by_role("button", name="读取通讯录").click()
        await page.get_by_label("王工").check()
        await page.get_by_label("叫什么").fill("研发部")
        await _pictured(page, "wecom-people")
        await page.unroute_all(behavior="wait")
        lines = [line for said in SAID for line in (_mine(said), _theirs(await calls.say("wang", said)))]
        delivery = await _carded(around)
        await calls.touch("wang", "relevant", delivery)
        lines += [
            _card(vendor.accepted[-1], enterprise.updates[-1].button),
            _mine("静音 3天"),
            _theirs(await calls.say("wang", "静音 3天")),
        ]
        menu = "".join(f"<span>{escape(entry['name'])}</span>" for entry in (enterprise.menu or {})["button"])
        chat = folder / "chat.html"
        chat.write_text(_CHAT.format(lines="".join(lines), menu=menu), "utf-8")
        view = await browser.new_page(viewport={"width": WIDTHS["phone"], "height": 400})
        await view.goto(chat.as_uri())
        await view.screenshot(path=IMAGES / "wecom-chat-phone.png", full_page=True)


async def _surroundings(stack: AsyncExitStack, folder: Path, vendor: FakeWeComApp) -> Surroundings:
    settings = load_settings(data_dir=folder, http_port=0, public_url=PUBLIC, wecom_base_url=vendor.base_url)
    clock, secrets = SystemClock(), open_secret_box(settings)
    backends = await stack.enter_async_context(open_backends(settings, clock, secrets))
    today = clock.now().date()
    told = [msgspec.structs.replace(alert.publication, published_on=today) for alert in sample_alerts()]
    return Surroundings(
        settings=settings,
        bus=backends.bus,
        store=backends.store,
        clock=clock,
        metrics=Metrics(),
        secrets=secrets,
        advice=PlainAdvice(told, today),
        outlets=ChannelOutlets(settings, clock),
    )


async def _signed_in(portal: Portal, around: Surroundings) -> str:
    now = around.clock.now()
    organisation = Organisation(id=ORGANISATION, name="东莞某电池有限公司", created_at=now)
    await around.store.shelf(ORGANISATIONS).add([organisation])
    account = Account(id="a-1", organisation_id=ORGANISATION, role="owner", name="王工", created_at=now)
    await portal.desk.means.accounts.shelf.add([account])
    return (await portal.desk.sessions.open(account, Visitor(), by="password")).token


async def _led(route: Route, address: str) -> None:
    """Let the browser think that it is outside, behind a proxy that speaks TLS."""
    answer = await route.fetch(url=route.request.url.replace(PUBLIC, address), max_redirects=0)
    await route.fulfill(response=answer)


async def _connected(page: Page, portal: Portal) -> WecomCorp:
    await page.goto(PLACE)
    for label, value in (("企业 ID", "ww8a1b2c3d4e5f6071"), ("AgentId", "1000002"), ("Secret", SECRET)):
        await page.get_by_label(label, exact=True).fill(value)
    await _pictured(page, "wecom-add")
    await page.get_by_role("button", name="保存并检查").click()
    await page.get_by_text("只显示这一次").wait_for()
    await _pictured(page, "wecom-keys")
    (filed,) = await portal.wecom.corps.shelf.page(ORGANISATION, limit=2)
    return filed.document


async def _carded(around: Surroundings) -> str:
    """Send a card as the notifier does, and return the delivery's id."""
    store, now = around.store, around.clock.now()
    (subscription,), (destination,) = await store.subscriptions.all(), await store.destinations.all()
    alerts = [_owed(alert, subscription.id, destination.id, subscription.profiles[0]) for alert in sample_alerts()[:2]]
    await store.alerts.record([], alerts)
    numbers = tuple(alert.publication.publication_number for alert in alerts)
    delivery = Delivery(
        id="d-1",
        subscription_id=subscription.id,
        destination_id=destination.id,
        channel=Channel.WECOM_APP,
        publication_numbers=numbers,
        next_attempt_at=now,
        created_at=now,
    )
    await store.alerts.plan([GroupPlan(deliveries=(delivery,), planned=tuple((a.key, delivery.id) for a in alerts))])
    frame = Frame(subscription_id="电池", count=len(alerts))
    async with channels_of(around) as channels:
        await channels[Channel.WECOM_APP].send(
            Message(id=delivery.id, destination=destination, frame=frame, alerts=tuple(alerts), created_at=now)
        )
    return delivery.id


def _owed(alert: Alert, subscription_id: str, destination_id: str, profile_id: str) -> Alert:
    number = alert.publication.publication_number
    whys = tuple(msgspec.structs.replace(why, profile_id=profile_id, profile_name="电池") for why in alert.whys)
    key = AlertKey(subscription_id=subscription_id, publication_number=number, destination_id=destination_id)
    return msgspec.structs.replace(alert, key=key, whys=whys)


async def _pictured(page: Page, name: str) -> None:
    for device, width in WIDTHS.items():
        await page.set_viewport_size({"width": width, "height": 700})
        # As high as the page: what is fixed to the window's edge would else stand in its middle.
        height = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=IMAGES / f"{name}-{device}.png", full_page=True)
        print(f"docs/images/{name}-{device}.png")


def _mine(text: str) -> str:
    return f'<div class="line mine"><div class="bubble">{escape(text)}</div></div>'


def _theirs(text: str) -> str:
    return f'<div class="line"><div class="bubble">{escape(text)}</div></div>'


def _card(message: Accepted, button: str) -> str:
    card = message.body["template_card"]
    pressed = dataclasses.replace(
        message, body={**message.body, "template_card": {**card, "button_list": [{"text": button}]}}
    )
    return f'<div class="line"><div class="bubble card">{drawn(pressed, "")}</div></div>'


if __name__ == "__main__":
    main()
