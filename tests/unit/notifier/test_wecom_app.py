"""``wecom-app``: what `destination add` accepts, what members count by, and what codes mean."""

import pytest

from services.notifier.channels.port import LANES_APART, Frame, Means
from services.notifier.channels.wecom_app import MAX_MEMBERS, WecomAppChannel
from services.notifier.templates import wecom_app as looks
from shared.errors import (
    ChannelMisconfiguredError,
    DestinationGoneError,
    InvalidInputError,
    RateLimitedError,
    RefusedMessageError,
    RetryLaterError,
)
from shared.settings import Settings
from shared.store.records import Alert
from shared.testing.clock import ManualClock
from shared.testing.found import publication_numbers
from shared.vendors.wecom_app_codes import VENDOR
from shared.wire.subscription import Channel, Destination
from tests.unit.notifier.making import NOW, alert, publication, why


def channel(**changes: object) -> WecomAppChannel:
    settings = Settings(**{"wecom_corp_id": "wx1", "wecom_agent_id": 7, **changes})  # type: ignore[arg-type]
    return WecomAppChannel(Means(settings=settings, clock=ManualClock()))


def lanes(address: str, **changes: object) -> list[str]:
    destination = Destination(id="team", channel=Channel.WECOM_APP, address=address, created_at=NOW)
    return channel(**changes).lane(destination).split(LANES_APART)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("zhangsan", "zhangsan"),
        (" ZhangSan | li.si@corp_1 ", "ZhangSan|li.si@corp_1"),
        ("lisi|zhangsan|LiSi", "lisi|zhangsan"),
    ],
)
def test_members_are_kept_once_each_in_their_order(address: str, kept: str) -> None:
    assert channel().check(address, {}) == kept


@pytest.mark.parametrize(
    "address",
    ["", "zhangsan|", "张三", "@all", "zhang san", "zhangsan,lisi", "a" * 65, "|".join(f"m{n}" for n in range(101))],
)
def test_what_is_no_list_of_members_is_refused(address: str) -> None:
    with pytest.raises(InvalidInputError):
        channel().check(address, {})


def test_as_many_members_as_may_be_are_accepted() -> None:
    address = "|".join(f"m{n}" for n in range(MAX_MEMBERS))
    assert channel().check(address, {"format": "card"}) == address


@pytest.mark.parametrize(
    "options", [{"format": "html"}, {"mention": "lisi"}, {"format": "textcard"}, {"format": "news"}]
)
def test_an_option_that_cannot_work_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        channel().check("zhangsan", options)


@pytest.mark.parametrize("form", ["textcard", "news"])
def test_cards_that_open_a_page_are_accepted_where_there_is_one(form: str) -> None:
    assert channel(public_url="https://zt.example.cn").check("zhangsan", {"format": form}) == "zhangsan"


def test_a_member_counts_in_the_same_lane_whatever_the_destination_and_the_case_and_another_apps_does_not() -> None:
    assert set(lanes("ZhangSan|lisi")) & set(lanes("zhangsan")) == set(lanes("zhangsan"))
    assert not set(lanes("zhangsan")) & set(lanes("zhangsan", wecom_agent_id=8))
    assert all("zhangsan" not in lane for lane in lanes("zhangsan"))


def widest(count: int) -> tuple[Frame, list[Alert]]:
    frame = Frame(
        subscription_id="订" * 128,
        count=999_999,
        page=9_999,
        pages=9_999,
        left_out=999_999,
        unsubscribe_url="https://zt.example.cn/u/x",
        repeated=True,
    )
    told = [
        alert(publication(f"CN{110000000 + n}A", "𠀀长" * 200), *(why(f"p-{m}", term="词" * 80) for m in range(5)))
        for n in range(count)
    ]
    return frame, told


def test_the_largest_text_card_keeps_the_vendors_limits_and_names_every_publication() -> None:
    frame, told = widest(looks.TEXTCARD_ITEMS)
    card = looks.textcard(frame, told, url="https://zt.example.cn/")
    assert len(card["title"]) <= 128
    assert len(card["description"]) <= 512
    assert publication_numbers(card["description"]) == tuple(one.publication.publication_number for one in told)


def test_the_largest_news_keeps_the_vendors_limits_in_bytes_and_the_last_article_is_for_leaving() -> None:
    articles = looks.news(*widest(looks.NEWS_ITEMS), url="https://zt.example.cn/")["articles"]
    assert len(articles) == 8
    assert all(len(one["title"].encode()) <= 128 and len(one["description"].encode()) <= 512 for one in articles)
    assert articles[-1]["url"] == "https://zt.example.cn/u/x"


CODES = {
    RetryLaterError: (-1, 6000, 45033, 999_999),
    RateLimitedError: (45009,),
    ChannelMisconfiguredError: (
        *(40001, 40013, 40014, 40056, 40091, 41001, 41002, 41004),
        *(42001, 48002, 48006, 50003, 60020, 301002),
    ),
    DestinationGoneError: (40003, 46004, 50002, 60021, 60111, 81013, 82001),
    RefusedMessageError: (
        *(40007, 40008, 40032, 40033, 40035, 40039, 40058, 41016, 41033),
        *(44004, 45002, 45008, 45034, 82004),
    ),
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in CODES.items() for code in codes])
def test_every_documented_code_has_its_class(kind: type[Exception], code: int) -> None:
    assert type(VENDOR.judge(code, "said")) is kind


def test_every_code_of_our_account_says_what_to_do() -> None:
    for code in CODES[ChannelMisconfiguredError]:
        assert any(word in str(VENDOR.judge(code, "said")) for word in ("请", "填到"))
