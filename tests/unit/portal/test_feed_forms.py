"""What a feed says, without a server."""

import json

import msgspec
from lxml import etree

from services.portal.feeds.content import Feed, clean, compose, fingerprint
from services.portal.feeds.forms import atom, json_feed
from shared.store.records import Alert, Delivery, DeliveryState
from shared.wire.subscription import Channel, Destination
from tests.integration.portal.feed_rules import check_atom, check_json_feed
from tests.unit.notifier.making import NOW, alert, publication, why

URL = "https://zt.example.cn/feeds/abc.atom"
OWNER = Destination(id="动力电池", channel=Channel.FEED, address="hash", created_at=NOW)
SENT = Delivery(
    id="d-1",
    subscription_id="battery",
    destination_id=OWNER.id,
    channel=Channel.FEED,
    publication_numbers=("CN110083831A",),
    state=DeliveryState.SENT,
    next_attempt_at=NOW,
    created_at=NOW,
    sent_at=NOW.replace(minute=7),
)


def feed(*alerts: Alert, url: str | None = URL, key: bytes = b"k" * 16) -> Feed:
    return compose(OWNER, [(SENT, alerts)], key=key, url=url)


def test_a_feed_names_its_own_address_where_people_can_reach_it() -> None:
    raw = atom(feed(alert()))
    check_atom(raw)
    assert etree.fromstring(raw).findall("{*}link")[0].get("href") == URL
    assert json.loads(json_feed(feed(alert())))["feed_url"] == URL
    check_atom(atom(feed(alert(), url=None)))
    assert "feed_url" not in json.loads(json_feed(feed(alert(), url=None)))


def test_a_title_forges_no_markup_and_no_character_breaks_the_file() -> None:
    nasty = alert(
        publication("CN210012345U", "<script>x</script>\x00\x1f\x7f\ufffe\uffff&amp;]]>固态电池"),
        why(start=900, term="<i>"),
    )
    told = feed(nasty)
    check_atom(atom(told))
    assert b"<script>" not in atom(told)
    check_json_feed(json_feed(told))
    html = json.loads(json_feed(told))["items"][0]["content_html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&amp;amp;" in html
    assert "“&lt;i&gt;”" in html


def test_moments_are_when_it_was_told() -> None:
    item = json.loads(json_feed(feed(alert())))["items"][0]
    assert item["date_published"] == item["date_modified"] == "2026-01-05T02:07:00Z"
    assert "<updated>2026-01-05T02:07:00Z</updated>" in atom(feed(alert())).decode()


def test_ids_are_of_what_is_told_and_of_the_installation() -> None:
    again, other_place = feed(alert()), feed(alert(), key=b"x" * 16)
    other_subscription = feed(alert(subscription_id="b2"))
    ids = {one.entries[0].id for one in (feed(alert()), again, other_place, other_subscription)}
    assert len(ids) == 3
    assert feed().id != other_place.id


def test_the_fingerprint_changes_with_whatever_the_bytes_depend_on() -> None:
    later = msgspec.structs.replace(SENT, id="d-2")
    tags = [
        fingerprint(OWNER, [SENT], form="atom", url=URL),
        fingerprint(OWNER, [SENT], form="json", url=URL),
        fingerprint(OWNER, [SENT], form="atom", url=None),
        fingerprint(OWNER, [later, SENT], form="atom", url=URL),
        fingerprint(msgspec.structs.replace(OWNER, id="x"), [SENT], form="atom", url=URL),
    ]
    assert len(set(tags)) == len(tags)
    assert fingerprint(OWNER, [SENT], form="atom", url=URL) == tags[0]


def test_what_xml_can_carry_stays() -> None:
    assert clean("a\tb\nc🔋\ud7ff\ue000\ufffd") == "a\tb\nc🔋\ud7ff\ue000\ufffd"
    assert clean("\x00\x0b\x1f\ud800\ufffe\uffff") == ""
