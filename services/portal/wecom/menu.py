"""The menu under the chat with the app: its entries are what a member would write.

Source: https://developer.work.weixin.qq.com/document/path/90231 (three entries, five under each; 16 and 40 bytes of name).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.portal.wecom.corps import Corps
    from shared.filing.wecom_corps import WecomCorp

MENU_PATH = "/cgi-bin/menu/create"


def menu(inbox_url: str | None) -> dict[str, Any]:
    """Return the menu.

    Args:
        inbox_url: opens the inbox, signed in; ``None`` when nobody outside reaches this server.
    """
    entries: list[dict[str, Any]] = [_says("我的订阅"), _says("最近 5 条")]
    more = [_says("静音 一周"), _says("恢复"), _says("帮助")]
    if inbox_url is not None:
        more.insert(0, {"type": "view", "name": "打开收件箱", "url": inbox_url})
    return {"button": [*entries, {"name": "更多", "sub_button": more}]}


async def create_menu(corps: "Corps", corp: "WecomCorp", inbox_url: str | None) -> None:
    """Put the menu under the chat.

    Raises:
        ZhituiError: as the vendor's answer means.
    """
    params = {"agentid": str(corp.agent_id)}
    await corps.account(corp).call(MENU_PATH, menu(inbox_url), params=params)


def _says(text: str) -> dict[str, Any]:
    return {"type": "click", "name": text, "key": text}
