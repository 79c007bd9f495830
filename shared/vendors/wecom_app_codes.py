"""What WeCom's codes mean to a self-built app.

Source: https://developer.work.weixin.qq.com/document/path/90313 (codes), path/91039 (tokens), path/90236 (messages).
"""

from shared.vendors.codes import (
    REFUSED,
    TOO_FAST,
    TOO_LONG,
    Kind,
    Meaning,
    Vendor,
    gone,
    misconfigured,
)

OFFICIAL_URL = "https://qyapi.weixin.qq.com"
CORP_ID, AGENT_ID, SECRET = "ZHITUI_WECOM_CORP_ID", "ZHITUI_WECOM_AGENT_ID", "ZHITUI_WECOM_APP_SECRET"

STALE = (40001, 40014, 42001)
"""The token is refused: taken back early, or past its time."""

WRONG_SECRET = ("40001", "40013", "40091", "41002", "41004")
"""Of `gettoken`; whoever asks again and again with a wrong secret is shut out for an hour."""

_TRIES = 4
NOBODY = gone(
    "没有一个成员收得到：账号不存在、已离职或禁用，不在应用的可见范围内，或没有接口许可。请在管理后台核对应用的“可见范围”和成员的账号，再重新登记目的地"
)


_WITHDRAWN = misconfigured("这个应用没有发消息的权限，或权限已被收回。请管理员在应用的权限设置里打开")
_ADDRESS = misconfigured(
    "企业微信不接受从这台服务器发来的请求。请管理员打开管理后台的“应用管理”，选择这个应用，把下面 from ip 后的地址加进“企业可信IP”"
    "（这一项要先设好“可信域名”或“接收消息服务器URL”才能填）"
)
_CODE = misconfigured("登录凭证已用过或已过期。请回到企业微信重新打开")
_DOMAIN = misconfigured(
    "知推的域名不是这个应用的可信域名。请管理员打开管理后台的“应用管理”，选择这个应用，在“网页授权及JS-SDK”里设置可信域名"
)
_RANGE = misconfigured("要看的部门或成员不在应用的可见范围内。请管理员在应用的“可见范围”里加上")


def wecom_vendor(*, corp_id: str, agent_id: str, secret: str) -> Vendor:
    """Return the table of codes, for people who enter an app's values in these places."""
    secret_wrong = misconfigured(
        f"应用的 Secret 不对或已重置。请到管理后台“应用管理”里打开这个应用，把 Secret 填到 {secret}"
    )
    token = misconfigured(f"换了新的 access_token 仍被拒绝。请核对 {corp_id} 和 {secret} 属于同一个企业和应用")
    agent = misconfigured(f"AgentId 与 Secret 不是同一个应用的。请核对 {agent_id} 和 {secret}")
    return Vendor(
        name="企业微信",
        official_url=OFFICIAL_URL,
        setting="ZHITUI_WECOM_BASE_URL",
        blocked_seconds=65.0,
        codes={
            -1: Meaning(kind=Kind.BUSY, most_tries=_TRIES),
            6000: Meaning(kind=Kind.BUSY, most_tries=_TRIES),
            45033: Meaning(kind=Kind.BUSY, after_seconds=30.0),
            45009: TOO_FAST,
            **dict.fromkeys((40001, 40091, 41004), secret_wrong),
            40013: misconfigured(f"CorpID 不对。请到管理后台“我的企业”页面底部复制企业 ID，填到 {corp_id}"),
            41002: misconfigured(f"没有 CorpID。请设置 {corp_id}"),
            **dict.fromkeys((40014, 42001, 41001), token),
            **dict.fromkeys((40056, 301002), agent),
            **dict.fromkeys((48002, 48006), _WITHDRAWN),
            50003: misconfigured("应用已被停用。请管理员在管理后台重新启用它"),
            60020: _ADDRESS,
            40029: _CODE,
            50001: _DOMAIN,
            60011: _RANGE,
            **dict.fromkeys((81013, 40003, 46004, 60111, 60021, 50002, 82001), NOBODY),
            **dict.fromkeys((40007, 40008, 40033, 40035, 40039, 40058, 41016, 41033, 44004, 45034, 82004), REFUSED),
            **dict.fromkeys((45002, 45008, 40032), TOO_LONG),
        },
    )


VENDOR = wecom_vendor(corp_id=CORP_ID, agent_id=AGENT_ID, secret=SECRET)
"""Of the one app that the settings name."""

_PAGE = "知推的“企业微信”页面"
CONNECTED = wecom_vendor(corp_id=_PAGE, agent_id=_PAGE, secret=_PAGE)
"""Of the apps that organisations connected themselves."""
