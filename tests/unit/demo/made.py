"""A demonstration's outcome as tests need it: one mail, one WeCom message, one quarantined row."""

from datetime import UTC, datetime
from email.message import EmailMessage

import msgspec

from services.demo.cast import GROUPS
from services.demo.outcome import Outcome, Refused
from services.demo.stages import Stage
from shared.store.incoming import IngestRun, RunState
from shared.store.quarantined import QuarantineItem
from shared.store.records import Delivery, DeliveryState
from shared.testing.mailbox import Mail
from shared.testing.vendor import Accepted
from shared.wire.subscription import Channel

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
NUMBER = "CN110007813A"


def delivery(id_: str, channel: Channel, state: DeliveryState = DeliveryState.SENT) -> Delivery:
    return Delivery(
        id=id_,
        subscription_id="s",
        destination_id="d",
        channel=channel,
        publication_numbers=(NUMBER,),
        state=state,
        next_attempt_at=NOW,
        created_at=NOW,
    )


def mail(delivery_id: str) -> Mail:
    message = EmailMessage()
    message["Subject"] = "新专利 <1> 件"
    message["From"] = "zhitui@demo.example"
    message["To"] = "rd@sme.example"
    message["X-Zhitui-Delivery"] = delivery_id
    message.set_content(f"{NUMBER} 一种终端图标整理方法")
    message.add_alternative("<p>一种终端图标整理方法</p>", subtype="html")
    return Mail(sender="zhitui@demo.example", recipients=("rd@sme.example",), raw=message.as_bytes())


def message(number: str = NUMBER) -> Accepted:
    return Accepted(
        key=next(iter(GROUPS)), kind="markdown", content=f"**<新>** {number}", body={}, escaped=False, numbers=(number,)
    )


GOOD = Outcome(
    runs=[
        IngestRun(
            id="r", source="watch", name="a.csv", state=RunState.DONE, read=3, accepted=2, rejected=1, started_at=NOW
        )
    ],
    refused=[
        Refused(
            item=QuarantineItem(
                id="q",
                kind="record",
                source="watch",
                name="a.csv",
                location="line 4",
                reason_code="bad-number",
                reason="公开号读不懂",
                size_bytes=4,
                quarantined_at=NOW,
            ),
            raw="4,<坏>".encode("gb18030"),
        )
    ],
    matches=[("固态电池", 1)],
    deliveries=[delivery("d-1", Channel.EMAIL), delivery("d-2", Channel.WECOM_ROBOT)],
    mails=[mail("d-1")],
    messages=[message()],
    stages=[Stage(name="读取", unit="条记录", done=3, finished_after_seconds=0.5)],
    seconds=1.5,
)


def but(**changes: object) -> Outcome:
    """Return the good outcome with these changes."""
    return Outcome(**{name: changes.get(name, getattr(GOOD, name)) for name in Outcome.__slots__})  # type: ignore[arg-type]


NOTHING_ACCEPTED = [msgspec.structs.replace(GOOD.runs[0], accepted=0)]
