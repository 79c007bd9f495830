"""``/u/{token}``: how somebody who got a mail stops getting more of them.

Looking never unsubscribes: mail scanners follow every link. A POST does, from the page's own form or from the mail
program's button (RFC 8058: ``List-Unsubscribe=One-Click``, no login, no redirect).
"""

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from services.portal.pages import HTML, notice
from shared.errors import RetryLaterError
from shared.runtime.openapi import describe
from shared.unsubscribe import token_hash

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings
    from shared.store.port import Store

_UNKNOWN: dict[str, object] = {"404": {"description": "Nobody was given this link.", **HTML}}

_notice = partial(notice, root="../")


def unsubscribe_routes(around: "Surroundings") -> list[web.RouteDef]:
    """Return the page that asks and the POST that does it."""
    store = around.store

    @describe(
        responses={"200": {"description": "A page that asks first; looking changes nothing.", **HTML}, **_UNKNOWN}
    )
    async def ask(request: web.Request) -> web.Response:
        """Ask whether to unsubscribe."""
        found = await store.subscriptions.find_token(token_hash(request.match_info["token"]))
        if found is None:
            return _unknown()
        return _notice(
            "退订这份提醒？",
            f"退订后，{await _address(store, found[1])} 不再收到{await _subject(store, found[0])}的专利提醒。",
            "其他订阅不受影响。想恢复时，请联系为您开通订阅的人。",
            button="确认退订",
        )

    @describe(
        requestBody={
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {"type": "object", "properties": {"List-Unsubscribe": {"const": "One-Click"}}}
                }
            },
        },
        responses={
            "200": {"description": "Unsubscribed; doing it again changes nothing.", **HTML},
            "400": {"description": "Neither the mail program's button nor the page's form.", **HTML},
            "503": {"description": "Cannot be stored just now; try again.", **HTML},
            **_UNKNOWN,
        },
    )
    async def unsubscribe(request: web.Request) -> web.Response:
        """Unsubscribe (RFC 8058 one-click, or the page's form)."""
        found = await store.subscriptions.find_token(token_hash(request.match_info["token"]))
        if found is None:
            return _unknown()
        form = await request.post()
        if form.get("List-Unsubscribe") != "One-Click" and form.get("confirm") != "yes":
            return _notice("没有退订", "这次请求不完整。请打开邮件里的退订链接，再按“确认退订”。", status=400)
        try:
            await store.subscriptions.opt_out(*found)
        except RetryLaterError:
            return _notice("暂时无法退订", "系统这会儿存不下您的请求，请过几分钟再试。", status=503)
        return _notice(
            "已退订", f"{await _address(store, found[1])} 不再收到{await _subject(store, found[0])}的专利提醒。"
        )

    return [web.get("/u/{token}", ask), web.post("/u/{token}", unsubscribe)]


async def _subject(store: "Store", subscription_id: str) -> str:
    subscription = await store.subscriptions.get(subscription_id)
    profiles = [await store.profiles.get(profile_id) for profile_id in subscription.profiles] if subscription else []
    names = "、".join(profile.name or profile.id for profile in profiles if profile)
    return f"“{names}”" if names else "这份订阅"


async def _address(store: "Store", destination_id: str) -> str:
    destination = await store.destinations.get(destination_id)
    return destination.masked_address if destination else "您的邮箱"


def _unknown() -> web.Response:
    return _notice("链接无效", "这个退订链接不存在或不完整。请从收到的邮件里重新打开它。", status=404)
