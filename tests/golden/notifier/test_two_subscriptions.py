"""A message of two subscriptions on every channel, one file a kind of message: which of them tells what, and how each is left."""

import json
from dataclasses import replace

import pytest

from services.notifier.channels.port import Means, Message, Shows
from services.notifier.channels.registry import CHANNELS
from services.notifier.channels.sections import Section
from services.notifier.templates import mail, spreadsheet
from services.portal.feeds.content import compose
from services.portal.feeds.forms import atom
from shared.settings import Settings
from shared.store.records import Alert, Delivery, DeliveryState, Notice
from shared.testing.clock import ManualClock
from shared.testing.wecom import cells_of
from shared.wire.subscription import Channel, Destination
from shared.wording.sections import shown_once
from tests.golden.notifier.examples import URL, alerts, held, message
from tests.unit.notifier.making import KEY, NOW, mailbox, why

OTHER = URL[:-1] + "w"
BOTH = f"{URL}.{OTHER[-22:]}"

FORMS = [(Channel.WECOM_ROBOT, KEY, {"format": form}) for form in ("markdown", "markdown_v2", "text", "card")] + [
    *((Channel.DINGTALK, "a1" * 32, {"format": form}) for form in ("markdown", "text", "card")),
    *((Channel.FEISHU, KEY, {"format": form}) for form in ("card", "post", "text")),
    *((Channel.WECOM_APP, "lisi", {"format": form}) for form in ("markdown", "text", "textcard", "news", "card")),
    (Channel.WEBHOOK, "https://oa.example.cn/zhitui", {}),
]


def owed() -> list[Alert]:
    """The examples, the second of which another subscription tells, too; and the third only that one."""
    plain, nasty, bare = alerts()

    def of_other(alert: Alert, **changes: object) -> Alert:
        key = type(alert.key)(
            subscription_id="s-2", publication_number=alert.key.publication_number, destination_id="box"
        )
        return _replaced(alert, key=key, **changes)

    return [plain, nasty, of_other(nasty, whys=(why("p-9", score=0.8, term="装置", start=40),)), of_other(bare)]


def _replaced(alert: Alert, **changes: object) -> Alert:
    return Alert(**{**{name: getattr(alert, name) for name in alert.__struct_fields__}, **changes})


def of_two(destination: Destination) -> Message:
    shown = shown_once(owed())
    sections = (
        Section(subscription_id="battery", left_out=37, unsubscribe_url=URL),
        Section(subscription_id="s-2", name="电池包", notice=Notice.COLLECTED, unsubscribe_url=OTHER),
    )
    whole = message(destination, sections=sections, told_by=shown.told_by, unsubscribe_url=BOTH, left_out=37)
    return replace(whole, alerts=shown.alerts)


def shown_by(destination: Destination, told: Message, **changes: object) -> str:
    settings = Settings(public_url="https://zt.example.cn", **changes)  # type: ignore[arg-type]
    channel = CHANNELS[destination.channel](Means(settings=settings, clock=ManualClock()))
    assert isinstance(channel, Shows)
    body = json.loads(channel.shown(told))
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize(
    ("channel", "address", "options"), FORMS, ids=[f"{one[0]}-{one[2].get('format', 'body')}" for one in FORMS]
)
def test_a_message_of_two_subscriptions_looks_as_stored(
    channel: Channel, address: str, options: dict[str, str]
) -> None:
    destination = Destination(id="group", channel=channel, address=address, options=options, created_at=NOW)
    text = shown_by(destination, of_two(destination))
    assert "battery" in text
    assert ("s-2" if channel is Channel.WEBHOOK else "电池包") in text
    held(f"two/{channel}.{options.get('format', 'body')}.json", text)


def test_a_mail_of_two_subscriptions_looks_as_stored() -> None:
    raw = mail.compose(of_two(mailbox()), mail_from="Zhitui 知推 <zhitui@alerts.example.cn>")
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert f"List-Unsubscribe: <{BOTH}>\r\n" in head
    told = of_two(mailbox())
    text, html = mail.render(told, mail.items_of(told))
    held("two/email.headers.txt", head)
    held("two/email.txt", text)
    held("two/email.html", html)


def test_a_workbook_of_two_subscriptions_looks_as_stored() -> None:
    told = of_two(mailbox())
    held("two/wecom-robot.file.txt", f"{spreadsheet.file_name(told)}\n{cells_of(spreadsheet.render(told))}\n")


def test_a_service_accounts_message_names_both_subscriptions() -> None:
    destination = Destination(id="wang", channel=Channel.WECHAT_SERVICE, address="o6", created_at=NOW)
    told = of_two(destination)
    account = {"wechat_template_id": "t", "wechat_template_fields": "character_string1=number,thing2=subscription"}
    text = shown_by(destination, replace(told, alerts=told.alerts[1:2]), **account)
    held("two/wechat-service.template.json", text)


def test_a_feed_shows_what_two_subscriptions_tell_once() -> None:
    delivery = Delivery(
        id="d-0123456789abcdef01234567",
        subscription_id="battery",
        subscription_ids=("battery", "s-2"),
        destination_id="news",
        channel=Channel.FEED,
        publication_numbers=tuple(dict.fromkeys(one.key.publication_number for one in owed())),
        state=DeliveryState.SENT,
        next_attempt_at=NOW,
        created_at=NOW,
        sent_at=NOW,
    )
    owner = Destination(id="news", channel=Channel.FEED, address="hash", created_at=NOW)
    feed = atom(compose(owner, [(delivery, owed())], key=b"k" * 16, url=None)).decode()
    assert feed.count("<entry>") == 3
    held("two/feed.atom", feed)
