"""``/u/confirm/{token}``: how somebody who got a mail that asks for consent gives it.

Looking never confirms: mail scanners follow every link. A POST from the page's own form does.
"""

from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from services.portal.pages import HTML, notice
from shared.destination_changes import activated
from shared.errors import RetryLaterError
from shared.runtime.openapi import describe
from shared.verification import Verifier, destination_in
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings
    from shared.wire.subscription import Destination

_UNKNOWN: dict[str, object] = {"404": {"description": "Nobody was sent this link, or it is too old.", **HTML}}

_notice = partial(notice, root="../../")


def confirmation_routes(around: "Surroundings") -> list[web.RouteDef]:
    """Return the page that asks and the POST that does it."""
    verifier = Verifier(around.secrets)

    @describe(responses={"200": {"description": "Asks first; looking changes nothing.", **HTML}, **_UNKNOWN})
    async def ask(request: web.Request) -> web.Response:
        """Ask whether alerts may come."""
        destination = await _asked(around, verifier, request.match_info["token"])
        if destination is None:
            return _unknown()
        return _notice(
            "接收专利提醒？",
            f"确认后，{destination.masked_address} 会收到为您订阅的专利提醒。",
            "每封邮件里都有退订链接。没有请人订阅过，关掉这个页面就行。",
            button="确认接收",
        )

    @describe(
        responses={
            "200": {"description": "Confirmed; doing it again changes nothing.", **HTML},
            "400": {"description": "Not the page's form.", **HTML},
            "409": {"description": "The destination was disabled meanwhile; this link does not bring it back.", **HTML},
            "503": {"description": "Cannot be stored just now; try again.", **HTML},
            **_UNKNOWN,
        }
    )
    async def confirm(request: web.Request) -> web.Response:
        """Confirm, from the page's form."""
        destination = await _asked(around, verifier, request.match_info["token"])
        if destination is None:
            return _unknown()
        if (await request.post()).get("confirm") != "yes":
            return _notice("没有确认", "这次请求不完整。请打开邮件里的链接，再按“确认接收”。", status=400)
        try:
            if destination.state is DestinationState.UNVERIFIED:
                destination = await activated(around.store.destinations, destination)
        except RetryLaterError:
            return _notice("暂时无法确认", "系统这会儿存不下您的确认，请过几分钟再试。", status=503)
        if destination is None:  # it got another address meanwhile, which this link does not speak for
            return _unknown()
        if destination.state is DestinationState.DISABLED:
            return _notice(
                "没有确认",
                f"{destination.masked_address} 已停用，现在不会收到专利提醒。要恢复，请联系为您登记的人。",
                status=409,
            )
        return _notice("已确认", f"{destination.masked_address} 会收到专利提醒。")

    return [web.get("/u/confirm/{token}", ask), web.post("/u/confirm/{token}", confirm)]


async def _asked(around: "Surroundings", verifier: Verifier, token: str) -> "Destination | None":
    """Return the destination whose link this is, ``None`` when it is nobody's or too old."""
    destination_id = destination_in(token)
    destination = await around.store.destinations.get(destination_id) if destination_id else None
    if destination is None or not verifier.accepts_token(destination, token, around.clock.now()):
        return None
    return destination


def _unknown() -> web.Response:
    return _notice("链接无效", "这个链接不完整，或已经过期。请让为您登记的人再发一次验证邮件。", status=404)
