"""What WeChat's codes mean to a service account.

Source: developers.weixin.qq.com/doc/service (stable_token, template/send, subscribe/bizsend, global codes).
"""

from dataclasses import replace

from shared.vendors.codes import REFUSED, TOO_FAST, Kind, Meaning, Vendor, gone, misconfigured

QUOTA_SECONDS = 3600.0
"""The quota is a day's: it is no use to ask every minute."""

APP_ID, SECRET, TEMPLATE = "ZHITUI_WECHAT_APP_ID", "ZHITUI_WECHAT_APP_SECRET", "ZHITUI_WECHAT_TEMPLATE_ID"
FIELDS = "ZHITUI_WECHAT_TEMPLATE_FIELDS"

STALE = (40001, 40014, 42001)
"""The token is refused: taken back early, or past its time."""

WRONG_SECRET = ("40001", "40013", "40125", "41002", "41004")
"""Of `stable_token`."""


_SECRET = misconfigured(f"服务号的 AppSecret 不对或已重置。请到公众平台“开发接口管理”核对，填到 {SECRET}")
_TOKEN = misconfigured(f"换了新的 access_token 仍被拒绝。请核对 {APP_ID} 和 {SECRET} 属于同一个服务号")
_TEMPLATE = misconfigured(
    f"模板不对：它不在这个服务号里、已被删除，或不是这种消息的模板。请核对 {TEMPLATE} 和 ZHITUI_WECHAT_MESSAGE"
)

VENDOR = Vendor(
    name="微信",
    official_url="https://api.weixin.qq.com",
    setting="ZHITUI_WECHAT_BASE_URL",
    blocked_seconds=QUOTA_SECONDS,
    codes={
        -1: Meaning(kind=Kind.BUSY, most_tries=4),
        45009: TOO_FAST,
        45011: Meaning(kind=Kind.TOO_FAST, after_seconds=65.0),
        **dict.fromkeys((40001, 40125, 41004), _SECRET),
        **dict.fromkeys((40014, 42001, 41001), _TOKEN),
        **dict.fromkeys(
            (40013, 41002), misconfigured(f"服务号的 AppID 不对。请到公众平台“开发接口管理”复制，填到 {APP_ID}")
        ),
        40037: _TEMPLATE,
        40164: misconfigured("微信不接受从这台服务器发来的请求。请到公众平台“开发接口管理”把下面的地址加进“IP白名单”"),
        48001: misconfigured("这个服务号没有发模板消息的权限：要已认证的服务号，并开通模板消息"),
        45109: misconfigured("微信已收回这个接口"),
        40003: gone("openid 不对，或不是这个服务号的粉丝。请核对后重新登记目的地"),
        43004: gone("收件人没有关注这个服务号，或已取消关注。请他关注后重新登记目的地"),
        43101: gone("收件人没有同意接收，或同意的次数已用完。请他再次同意后重新登记目的地"),
        47003: replace(REFUSED, advice=f"模板字段的内容不合格式。请对照模板检查 {FIELDS}"),
        **dict.fromkeys((40033, 40035, 40039, 41028, 44002, 47001), REFUSED),
    },
)
