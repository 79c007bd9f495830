import pytest

from shared.store.records import DeliveryState
from shared.wire.subscription import Channel
from tests.unit.demo.made import GOOD, NOTHING_ACCEPTED, but, delivery, mail, message


def test_a_demonstration_in_which_everything_arrived_has_no_problems() -> None:
    assert GOOD.problems() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"runs": NOTHING_ACCEPTED}, "一条公开也没有接受"),
        ({"deliveries": [*GOOD.deliveries, delivery("d-3", Channel.EMAIL, DeliveryState.WAITING)]}, "1 条消息没有送出"),
        ({"deliveries": [*GOOD.deliveries, delivery("d-3", Channel.EMAIL, DeliveryState.DEAD)]}, "1 条消息没有送出"),
        ({"deliveries": GOOD.deliveries[:1], "messages": []}, "渠道 wecom-robot 一条消息也没有送出"),
        ({"mails": [mail("d-9")]}, "邮件和推送记录对不上"),
        ({"messages": [message("CN109994776A")]}, "企业微信群里的消息和推送记录对不上"),
    ],
)
def test_whatever_did_not_arrive_is_a_problem(changed: dict[str, object], said: str) -> None:
    problems = but(**changed).problems()
    assert any(said in problem for problem in problems)
