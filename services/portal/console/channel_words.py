"""The channels as the console tells of them: where to find an address, and how one is verified."""

from dataclasses import dataclass

from services.portal.desk.refusals import Text
from shared.wire.subscription import Channel

_CODE = Text(
    "登记后会发一个验证码过去。请对方把验证码告诉您，填进来就能用了。",
    "A code is sent there. Ask its people for it and type it in; then it is ready.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWords:
    """One channel.

    Attributes:
        steps: three lines that lead to the address.
        address: what the field is called; ``None``: there is no address to write.
        example: of an address.
        verified: how its people say that they want it.
        has_secret: whether a robot's signing secret can be given, too.
        types_code: whether a code must be typed in.
    """

    name: Text
    icon: str
    steps: tuple[Text, Text, Text]
    address: Text | None
    example: str
    verified: Text
    has_secret: bool = False
    types_code: bool = True


CHANNELS: dict[Channel, ChannelWords] = {
    Channel.EMAIL: ChannelWords(
        name=Text("邮箱", "Mailbox"),
        icon="mail",
        steps=(
            Text("写收件人的邮箱，公共邮箱和个人邮箱都可以。", "Write the recipient's address, shared or personal."),
            Text("要发给几个人，就登记几个邮箱。", "For several people, register several mailboxes."),
            Text(
                "收不到时看看垃圾邮件箱，把发件人加入白名单。",
                "If nothing arrives, look into the spam folder and allow the sender.",
            ),
        ),
        address=Text("邮箱地址", "Mail address"),
        example="name@example.cn",
        verified=_CODE,
    ),
    Channel.WECOM_ROBOT: ChannelWords(
        name=Text("企业微信群机器人", "WeCom group robot"),
        icon="chat",
        steps=(
            Text("在企业微信里打开要接收的群，点右上角“…”。", "Open the group in WeCom and tap “…” at the top right."),
            Text(
                "选“消息推送”（旧版叫“群机器人”），点“添加”，起名“知推”。",
                "Choose the group robots, add one and call it “知推”.",
            ),
            Text("复制 Webhook 地址，粘贴到下面。", "Copy its webhook address and paste it below."),
        ),
        address=Text("Webhook 地址", "Webhook address"),
        example="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
        verified=_CODE,
    ),
    Channel.WECOM_APP: ChannelWords(
        name=Text("企业微信成员", "WeCom members"),
        icon="people",
        steps=(
            Text(
                "先由管理员在“单位 › 企业微信”连接应用。",
                "An administrator first connects the app under Organisation › WeCom.",
            ),
            Text("成员要在应用的可见范围里。", "The members must be in the app's visible range."),
            Text(
                "勾选成员；名单里没有的，写通讯录里的账号（userid）。",
                "Tick members; who is not listed is named by the account (userid) in the directory.",
            ),
        ),
        address=Text("成员账号（userid），多个用 | 隔开", "Members' accounts (userid), apart by |"),
        example="zhangsan|lisi",
        verified=Text(
            "登记后发一条测试消息，企业微信收下就算验证通过。",
            "A test message is sent; once WeCom takes it, it is verified.",
        ),
        types_code=False,
    ),
    Channel.DINGTALK: ChannelWords(
        name=Text("钉钉群机器人", "DingTalk group robot"),
        icon="chat",
        steps=(
            Text(
                "在钉钉群里打开“群设置 › 机器人 › 添加机器人 › 自定义”。",
                "In the group: settings › robots › add › custom.",
            ),
            Text(
                "安全设置选“加签”，复制 SEC 开头的密钥。",
                "Choose signing as its security, and copy the secret that begins with SEC.",
            ),
            Text("复制 Webhook 地址，和密钥一起粘贴到下面。", "Copy the webhook address; paste both below."),
        ),
        address=Text("Webhook 地址", "Webhook address"),
        example="https://oapi.dingtalk.com/robot/send?access_token=…",
        verified=_CODE,
        has_secret=True,
    ),
    Channel.FEISHU: ChannelWords(
        name=Text("飞书群机器人", "Feishu group robot"),
        icon="chat",
        steps=(
            Text(
                "在飞书群里打开“设置 › 群机器人 › 添加机器人 › 自定义机器人”。",
                "In the group: settings › bots › add › custom bot.",
            ),
            Text("建议打开“签名校验”，复制密钥。", "Better switch on signature verification, and copy the secret."),
            Text("复制 Webhook 地址，和密钥一起粘贴到下面。", "Copy the webhook address; paste both below."),
        ),
        address=Text("Webhook 地址", "Webhook address"),
        example="https://open.feishu.cn/open-apis/bot/v2/hook/…",
        verified=_CODE,
        has_secret=True,
    ),
    Channel.WEBHOOK: ChannelWords(
        name=Text("自己的程序（Webhook）", "A program of yours (webhook)"),
        icon="link",
        steps=(
            Text(
                "准备一个能从外网访问的 https 地址，接收 JSON。",
                "Have an https address ready that takes JSON from outside.",
            ),
            Text(
                "登记后马上给您签名密钥，只显示一次；用它核对每次调用。",
                "You are shown a signing secret once; check each call with it.",
            ),
            Text(
                "验证时原样返回请求里的 data.challenge。",
                "When asked to verify, answer with data.challenge of the request.",
            ),
        ),
        address=Text("https 地址", "https address"),
        example="https://oa.example.cn/zhitui",
        verified=Text(
            "登记后会调用一次这个地址，程序返回 challenge 就算验证通过，不用填验证码。",
            "The address is called once; your program answers with the challenge and is verified. No code is typed.",
        ),
        types_code=False,
    ),
    Channel.FEED: ChannelWords(
        name=Text("订阅源（RSS 阅读器）", "Feed (for readers)"),
        icon="bell",
        steps=(
            Text(
                "不用填地址，知推给您生成一个只有您知道的网址。",
                "There is no address to write; a secret one is made for you.",
            ),
            Text("把网址添加到阅读器（支持 Atom 和 JSON Feed）。", "Add it to your reader (Atom or JSON Feed)."),
            Text(
                "谁有网址谁就能看；泄露了就在这里换一个。",
                "Whoever has it can read it; if it got out, replace it here.",
            ),
        ),
        address=None,
        example="",
        verified=Text("不用验证，登记好就能用。", "Nothing is to be verified."),
        types_code=False,
    ),
}
"""What can be registered in the console, in the order in which it is offered."""
