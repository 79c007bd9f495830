"""``/u/{token}``: how somebody who got a mail stops getting more of them.

Looking never unsubscribes: mail scanners follow every link. A POST does, from the page's own form or from the mail
program's button (RFC 8058: ``List-Unsubscribe=One-Click``, no login, no redirect).

A message of several subscriptions has an address with the tokens of all: the button leaves all of them, the page asks which.
"""

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from services.portal.pages import HTML, notice
from shared.errors import RetryLaterError
from shared.runtime.openapi import describe
from shared.unsubscribe import MOST_SECTIONS, TOKENS_APART, token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        found = await _found(store, request)
        if not found:
            return _unknown()
        return await _question(store, found)

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
        found = await _found(store, request)
        if not found:
            return _unknown()
        form = await request.post()
        if form.get("List-Unsubscribe") != "One-Click" and form.get("confirm") != "yes":
            return _notice("没有退订", "这次请求不完整。请打开邮件里的退订链接，再按“确认退订”。", status=400)
        if form.get("List-Unsubscribe") != "One-Click":
            found = _chosen(found, form.getall("choice", []))
            if not found:
                return _notice("没有退订", "没有选中任何订阅。请返回上一页，至少选一个，再按“确认退订”。", status=400)
        try:
            for group in found:
                await store.subscriptions.opt_out(*group)
        except RetryLaterError:
            return _notice("暂时无法退订", "系统这会儿存不下您的请求，请过几分钟再试。", status=503)
        subjects = "、".join([await _subject(store, subscription_id) for subscription_id, _ in found])
        return _notice("已退订", f"{await _address(store, found[0][1])} 不再收到{subjects}的专利提醒。")

    return [web.get("/u/{token}", ask), web.post("/u/{token}", unsubscribe)]


async def _question(store: "Store", found: "Sequence[tuple[str, str]]") -> web.Response:
    destination_id = found[0][1]
    if len(found) == 1:
        return _notice(
            "退订这份提醒？",
            f"退订后，{await _address(store, destination_id)} 不再收到{await _subject(store, found[0][0])}的专利提醒。",
            "其他订阅不受影响。想恢复时，请联系为您开通订阅的人。",
            button="确认退订",
        )
    return _notice(
        "退订哪些提醒？",
        f"这条消息来自 {len(found)} 个订阅。退订后，{await _address(store, destination_id)} 不再收到选中的提醒。",
        "没有选中的订阅不受影响。想恢复时，请联系为您开通订阅的人。",
        button="确认退订",
        choices=[(_choice(group), await _subject(store, group[0])) for group in found],
    )


async def _found(store: "Store", request: web.Request) -> "list[tuple[str, str]]":
    """Return (subscription id, destination id) of each token in the address; none where one of them is unknown."""
    tokens = request.match_info["token"].split(TOKENS_APART)
    if len(tokens) > MOST_SECTIONS:
        return []
    found = [await store.subscriptions.find_token(token_hash(token)) for token in dict.fromkeys(tokens)]
    return [group for group in found if group is not None] if all(found) else []


def _chosen(found: "list[tuple[str, str]]", choices: "Sequence[object]") -> "list[tuple[str, str]]":
    """Return those that the page's form names; there is nothing to choose from one."""
    return found if len(found) == 1 else [group for group in found if _choice(group) in choices]


def _choice(group: "tuple[str, str]") -> str:
    """Return what stands for a subscription in the form."""
    return token_hash(group[0])[:16]


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
