"""What is told in English of an address that cannot work; the Chinese sentence comes from the channel itself."""

from shared.wire.subscription import Channel

_ROBOT = "This is no webhook address of a group robot of {vendor}. Copy the whole address, {address}, from the robot's settings."

NO_ADDRESS = {
    Channel.EMAIL: "This is no mailbox. Write it like name@example.cn.",
    Channel.WECOM_ROBOT: _ROBOT.format(
        vendor="WeCom", address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
    ),
    Channel.DINGTALK: _ROBOT.format(vendor="DingTalk", address="https://oapi.dingtalk.com/robot/send?access_token=…"),
    Channel.FEISHU: _ROBOT.format(vendor="Feishu", address="https://open.feishu.cn/open-apis/bot/v2/hook/…"),
    Channel.WEBHOOK: (
        "This address cannot be called. Write one like https://host/path, open to the internet on port 443 or 8443, without a name and "
        "password in it. Only the operator can allow one inside the house (ZHITUI_INTRANET_RECEIVERS)."
    ),
    Channel.WECOM_APP: "This is no account of a member. Write the userid of the admin console, such as zhangsan; several like zhangsan|lisi.",
}
"""By channel, for people and for programs."""

OTHERWISE = "This address cannot work on this channel; see docs/channels.md for what to write."
OPTIONS = "An option cannot work on this channel; copy the secret as it is in the robot's settings, or leave it out (docs/channels.md)."
