"""The monthly word that nothing is new, on every channel by which a sentence goes out, one file each."""

import json
from typing import TYPE_CHECKING

import pytest

from services.notifier.channels.port import Frame, Means, Message, Says
from services.notifier.channels.registry import CHANNELS
from services.notifier.delivery.heartbeat import SUBJECT, send_note, sentence
from services.notifier.templates import mail
from shared.settings import load_settings
from shared.store.records import Notice
from shared.testing.clock import ManualClock
from shared.testing.dingtalk import FakeDingtalk
from shared.testing.feishu import FakeFeishu
from shared.testing.wecom import FakeWeCom
from shared.testing.wecom_app import AGENT_ID, CORP_ID, SECRET, FakeWeComApp
from shared.wire.subscription import Channel, Destination
from tests.golden.notifier.examples import URL, held
from tests.unit.notifier.making import KEY, NOW, ZONE

if TYPE_CHECKING:
    from shared.testing.vendor import FakeVendor

ACCOUNT = {"wecom_corp_id": CORP_ID, "wecom_agent_id": AGENT_ID, "wecom_app_secret": SECRET}
VENDORS: "dict[Channel, tuple[type[FakeVendor], str, str, dict[str, object]]]" = {
    Channel.WECOM_ROBOT: (FakeWeCom, "wecom_base_url", KEY, {}),
    Channel.WECOM_APP: (FakeWeComApp, "wecom_base_url", "ZhangSan|lisi", ACCOUNT),
    Channel.DINGTALK: (FakeDingtalk, "dingtalk_base_url", "a1" * 32, {}),
    Channel.FEISHU: (FakeFeishu, "feishu_base_url", KEY, {}),
}
FRAME = Frame(
    subscription_id="battery",
    name="固态电池<日报>",
    count=0,
    unsubscribe_url=f"{URL[:-2]}_w",
    notice=Notice.HEARTBEAT,
)


@pytest.mark.parametrize("name", VENDORS, ids=str)
async def test_a_note_looks_as_stored_and_its_address_can_be_opened(name: Channel) -> None:
    make, setting, address, account = VENDORS[name]
    async with make(clock=ManualClock()) as vendor:
        settings = load_settings(**{setting: vendor.base_url, **account})
        channel = CHANNELS[name](Means(settings=settings, clock=ManualClock()))
        destination = Destination(id="to", channel=name, address=address, created_at=NOW)
        note = Message(id="d-1", destination=destination, frame=FRAME, alerts=(), created_at=NOW.astimezone(ZONE))
        try:
            await send_note(channel, note)
        finally:
            await channel.close()
    (taken,) = vendor.accepted
    assert FRAME.unsubscribe_url is not None
    assert FRAME.unsubscribe_url in taken.content
    held(f"note/{name}.json", json.dumps(taken.body, ensure_ascii=False, indent=1) + "\n")


def test_a_note_by_mail_looks_as_stored() -> None:
    held("note/email.txt", f"{SUBJECT}\n\n{sentence(FRAME)}\n")
    raw = mail.compose_letter(
        "wang@example.cn", SUBJECT, sentence(FRAME), mail_from="zhitui@alerts.example.cn", letter_id="d-1", now=NOW
    )
    assert b"Auto-Submitted: auto-generated" in raw


def test_no_channel_that_says_sentences_is_missing_here() -> None:
    says = {
        name
        for name, make in CHANNELS.items()
        if isinstance(make(Means(settings=load_settings(), clock=ManualClock())), Says)
    }
    assert says == {*VENDORS, Channel.EMAIL}
