"""What `destination add` takes of a robot's address and options, and what it says to everything else."""

import pytest

from services.notifier.channels.port import Means
from services.notifier.channels.registry import CHANNELS
from shared.errors import InvalidInputError
from shared.settings import Settings, load_settings
from shared.testing.clock import ManualClock
from shared.wire.subscription import Channel, Destination
from tests.unit.notifier.making import KEY, NOW

TOKEN = "0a" * 32
WECOM, DINGTALK, FEISHU = Channel.WECOM_ROBOT, Channel.DINGTALK, Channel.FEISHU


def check(channel: Channel, address: str, options: dict[str, str], settings: Settings | None = None) -> str:
    means = Means(settings=settings or load_settings(public_url="https://zt.example.cn"), clock=ManualClock())
    return CHANNELS[channel](means).check(address, options)


@pytest.mark.parametrize(
    ("channel", "address", "key"),
    [
        (DINGTALK, f" {TOKEN} ", TOKEN),
        (DINGTALK, f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}", TOKEN),
        (FEISHU, KEY.upper(), KEY),
        (FEISHU, f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", KEY),
    ],
)
def test_a_robot_is_named_by_its_key_or_its_whole_address(channel: Channel, address: str, key: str) -> None:
    assert check(channel, address, {}) == key


def test_larks_address_works_once_the_setting_names_it() -> None:
    address = f"https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}"
    assert check(FEISHU, address, {}, load_settings(feishu_base_url="https://open.larksuite.com")) == KEY
    with pytest.raises(InvalidInputError, match="ZHITUI_FEISHU_BASE_URL=https"):
        check(FEISHU, address, {})


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (DINGTALK, ""),
        (DINGTALK, TOKEN[:-1]),
        (DINGTALK, f"http://oapi.dingtalk.com/robot/send?access_token={TOKEN}"),
        (DINGTALK, f"https://oapi.dingtalk.com.evil.example/robot/send?access_token={TOKEN}"),
        (DINGTALK, f"https://oapi.dingtalk.com@evil.example/robot/send?access_token={TOKEN}"),
        (DINGTALK, f"https://oapi.dingtalk.com/robot/other?access_token={TOKEN}"),
        (DINGTALK, f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}&access_token={TOKEN}"),
        (FEISHU, KEY[:-1]),
        (FEISHU, f"https://open.feishu.cn/open-apis/bot/hook/{KEY}"),
        (FEISHU, f"https://open.feishu.cn.evil.example/open-apis/bot/v2/hook/{KEY}"),
        (FEISHU, f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}/../x"),
        (FEISHU, f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}?x=1"),
    ],
)
def test_an_address_that_is_not_exactly_the_vendors_is_refused(channel: Channel, address: str) -> None:
    with pytest.raises(InvalidInputError, match="webhook 地址里"):
        check(channel, address, {})


@pytest.mark.parametrize(
    ("channel", "options"),
    [
        (WECOM, {"mention": "zhangsan,li.si"}),
        (WECOM, {"format": "text", "mention": "@all", "mention_mobile": "13800001111,@all"}),
        (WECOM, {"format": "markdown_v2"}),
        (WECOM, {"format": "card"}),
        (WECOM, {"format": "file"}),
        (
            DINGTALK,
            {"secret": "SEC0123456789", "keyword": "专利", "mention": "a,@all", "mention_mobile": "13800001111"},
        ),
        (DINGTALK, {"format": "card"}),
        (FEISHU, {"format": "post", "secret": "abcDEF0123456789", "mention": "ou_18eac85d35a26f989317ad4f02e8bbbb"}),
    ],
)
def test_options_that_work_are_taken(channel: Channel, options: dict[str, str]) -> None:
    assert check(channel, TOKEN if channel is DINGTALK else KEY, options)


@pytest.mark.parametrize(
    ("channel", "options", "sentence"),
    [
        (WECOM, {"format": "html"}, "可以是 markdown、markdown_v2、text、card、file"),
        (WECOM, {"colour": "red"}, "没有“colour”这个选项。可以用：format、mention、mention_mobile"),
        (WECOM, {"mention": "zhang san"}, "“zhang san”不对"),
        (WECOM, {"mention": "a,,b"}, "mention 里的“”不对"),
        (WECOM, {"format": "text", "mention": ",".join(f"u{n}" for n in range(21))}, "最多 20 个人"),
        (WECOM, {"mention": "@all"}, "只在文本消息里有效"),
        (WECOM, {"mention_mobile": "13800001111"}, "只在文本消息里有效"),
        (WECOM, {"format": "text", "mention_mobile": "12345"}, "“12345”不对"),
        (WECOM, {"format": "markdown_v2", "mention": "a"}, "只在文本和 markdown 消息里有效"),
        (WECOM, {"format": "file", "mention": "a"}, "只在文本和 markdown 消息里有效"),
        (DINGTALK, {"format": "card", "mention": "a"}, "卡片消息不能提醒人"),
        (DINGTALK, {"secret": "wrong"}, "secret 不对"),
        (DINGTALK, {"keyword": " "}, "最多 20 个字"),
        (DINGTALK, {"keyword": "专" * 21}, "最多 20 个字"),
        (FEISHU, {"format": "markdown"}, "可以是 card、post、text"),
        (FEISHU, {"mention_mobile": "13800001111"}, "没有“mention_mobile”这个选项"),
        (FEISHU, {"secret": "with space"}, "secret 不对"),
    ],
)
def test_options_that_cannot_work_are_refused_with_what_to_write(
    channel: Channel, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        check(channel, TOKEN if channel is DINGTALK else KEY, options)


@pytest.mark.parametrize("channel", [WECOM, DINGTALK])
def test_a_card_needs_an_address_that_it_can_open(channel: Channel) -> None:
    with pytest.raises(InvalidInputError, match="ZHITUI_PUBLIC_URL"):
        check(channel, TOKEN if channel is DINGTALK else KEY, {"format": "card"}, load_settings())


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check(DINGTALK, TOKEN, {"secret": "my-other-password"})
    assert "my-other-password" not in str(caught.value)


def test_a_secret_among_the_options_is_not_shown() -> None:
    options = {"secret": "SEC0123456789", "format": "text"}
    destination = Destination(id="ding", channel=DINGTALK, address=TOKEN, options=options, created_at=NOW)
    assert destination.masked_options == {"secret": "…", "format": "text"}
    assert "SEC0" not in repr(destination)
