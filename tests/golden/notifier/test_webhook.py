"""What goes over the wire to a receiver, taken by a stand-in that checks it."""

import json

import jsonschema
import msgspec

from services.notifier.channels.port import Means
from services.notifier.channels.registry import CHANNELS
from services.notifier.templates import webhook_body
from services.notifier.templates.webhook_shapes import Event
from shared.filing.events import Event as Happened
from shared.filing.events import EventType
from shared.settings import load_settings
from shared.testing.clock import ManualClock
from shared.testing.receiver import FakeReceiver
from shared.wire.subscription import Channel, Destination
from tests.golden.notifier.examples import HERE, held, message
from tests.unit.notifier.making import NOW, SECRET


async def test_a_webhooks_body_looks_as_stored() -> None:
    clock = ManualClock()
    async with FakeReceiver(clock=clock, secrets=[SECRET]) as receiver:
        settings = load_settings(intranet_receivers="127.0.0.1")
        destination = Destination(
            id="oa",
            channel=Channel.WEBHOOK,
            address=f"{receiver.base_url}/zhitui",
            options={"secret": SECRET},
            created_at=NOW,
        )
        channel = CHANNELS[Channel.WEBHOOK](Means(settings=settings, clock=clock))
        try:
            await channel.send(message(destination))
        finally:
            await channel.close()
    assert receiver.ids == ["d-0123456789abcdef01234567"]
    (body,) = receiver.bodies
    assert receiver.accepted[0].numbers == ("CN110083831A", "CN210012345U", "CN301234567S")
    assert b"\\u" not in body
    assert b": " not in body.replace(b"\xef\xbc\x9a", b"")
    held("webhook.json", json.dumps(json.loads(body), ensure_ascii=False, indent=1) + "\n")


def test_what_is_told_beside_alerts_looks_as_stored() -> None:
    failed = Happened(
        id="ev-1", organisation_id="o", type=EventType.DELIVERY_FAILED, at=NOW, destination_id="box", delivery_id="d-1",
        publication_numbers=("CN110083831A",), reason="gone", detail="信箱不存在", untold=("oa",),
    )  # fmt: skip
    disabled = Happened(
        id="ev-2",
        organisation_id="o",
        type=EventType.DESTINATION_DISABLED,
        at=NOW,
        destination_id="box",
        detail="信箱不存在",
    )
    bodies = {
        "failed": webhook_body.render_event(failed),
        "disabled": webhook_body.render_event(disabled),
        "test": webhook_body.render_test("这是知推的测试消息", NOW),
        "verification": webhook_body.render_challenge("ABCD-2345", NOW),
    }
    for name, body in bodies.items():
        held(f"webhook.{name}.json", json.dumps(json.loads(body), ensure_ascii=False, indent=1) + "\n")


def test_the_schema_that_receivers_are_given_is_that_of_the_body_and_bodies_keep_it() -> None:
    schema = msgspec.json.schema(Event)
    held("../../../docs/webhook.schema.json", json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
    told = (HERE / "webhook.json").read_bytes()
    happened = (Happened(id="ev-1", organisation_id="o", type=kind, at=NOW, destination_id="d") for kind in EventType)
    others = (webhook_body.render_test("试", NOW), webhook_body.render_challenge("ABCD-2345", NOW))
    for body in (told, *others, *map(webhook_body.render_event, happened)):
        jsonschema.validate(json.loads(body), schema)
