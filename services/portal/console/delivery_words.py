"""States of messages and reasons of failures, in words that say what to do."""

from services.portal.desk.refusals import Text
from shared.errors import Reason
from shared.filing.events import EventType
from shared.store.records import DeliveryState

STATES = {
    DeliveryState.WAITING: (Text("等待发送", "Waiting"), ""),
    DeliveryState.SENDING: (Text("正在发送", "Being sent"), "accent"),
    DeliveryState.SENT: (Text("已送达", "Sent"), "good"),
    DeliveryState.DEAD: (Text("没发出去", "Given up"), "bad"),
    DeliveryState.HELD: (Text("不确定是否送达", "Perhaps sent"), "warn"),
}
"""State → words, and the badge's tone."""

OUTCOMES = {
    **STATES,
    DeliveryState.WAITING: (Text("没成功，会再试", "Failed, tried again"), "warn"),
    DeliveryState.DEAD: (Text("没成功，不再试", "Failed, given up"), "bad"),
}
"""How a single try ended → words, and the badge's tone."""

EVENTS = {
    EventType.DELIVERY_FAILED: Text("一条消息没发出去", "A message was given up"),
    EventType.DESTINATION_DISABLED: Text("一个接收方式被停用", "A destination was switched off"),
}

REASONS = {
    Reason.AUTH: Text("对方不认账号或密钥，请核对。", "The other side does not accept the account or key; check it."),
    Reason.RATE_LIMITED: Text("发得太快被对方限制，会自动重发。", "Too fast for the other side; sent again by itself."),
    Reason.REJECTED: Text("对方拒收这条消息。", "The other side refused this message."),
    Reason.GONE: Text("地址已失效，请换一个。", "The address is gone; give another one."),
    Reason.TOO_LONG: Text("消息太长，对方不收。", "The message is too long for the other side."),
    Reason.SERVER: Text("对方服务出错，会自动重发。", "The other side had a fault; sent again by itself."),
    Reason.TIMEOUT: Text("对方没有应答，会自动重发。", "The other side did not answer; sent again by itself."),
    Reason.UNREACHABLE: Text("连不上对方，会自动重发。", "The other side cannot be reached; sent again by itself."),
    Reason.GARBAGE: Text("看不懂对方的应答，会自动重发。", "The answer makes no sense; sent again by itself."),
    Reason.INTERRUPTED: Text(
        "发送时程序中断，不知道对方收到没有。", "Sending was interrupted; nobody knows whether it arrived."
    ),
    Reason.EXHAUSTED: Text("多次重试都没成功，已停止。", "All tries failed."),
    Reason.CONFIGURATION: Text(
        "知推这边的设置有误，请联系管理员。", "A setting on this side is wrong; ask the operator."
    ),
}
"""What is told of a failure; `Delivery.detail` says more, in Chinese."""
