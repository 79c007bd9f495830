"""What a reader of a feed gets, in both forms."""

import json

from services.portal.feeds.content import compose
from services.portal.feeds.forms import atom, json_feed
from shared.store.records import Delivery, DeliveryState
from shared.wire.subscription import Channel, Destination
from tests.golden.notifier.examples import alerts, held
from tests.unit.notifier.making import NOW


def test_a_feed_looks_as_stored() -> None:
    told = alerts()
    delivery = Delivery(
        id="d-0123456789abcdef01234567",
        subscription_id="battery",
        destination_id="news",
        channel=Channel.FEED,
        publication_numbers=tuple(alert.key.publication_number for alert in told),
        state=DeliveryState.SENT,
        next_attempt_at=NOW,
        created_at=NOW,
        sent_at=NOW,
    )
    owner = Destination(id="news", channel=Channel.FEED, address="hash", created_at=NOW)
    url = "https://zt.example.cn/feeds/AbCd."
    held("feed.atom", atom(compose(owner, [(delivery, told)], key=b"k" * 16, url=url + "atom")).decode())
    written = json_feed(compose(owner, [(delivery, told)], key=b"k" * 16, url=url + "json"))
    held("feed.json", json.dumps(json.loads(written), ensure_ascii=False, indent=1) + "\n")
