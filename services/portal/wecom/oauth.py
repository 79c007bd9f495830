"""``/wecom/{corp}/sign-in``: members come in as WeCom says who they are.

Source: https://developer.work.weixin.qq.com/document/path/91022 (inside WeCom), path/98152 (elsewhere, by a code that is scanned),
path/91023 (who it is). What goes out with a browser comes back with the same browser or counts for nothing: a signed cookie
holds the state, for which enterprise, and where to go on; so nobody is signed in as somebody else, or sent elsewhere.
"""

import base64
import hmac
import secrets as random_letters
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from services.portal.access.cookies import Cookies
from services.portal.console.visit import local_path
from services.portal.desk.refusals import ForbiddenError, MissingError, Text
from shared.errors import RetryLaterError, ZhituiError
from shared.filing.wecom_corps import file_lookup
from shared.logs import get_logger

if TYPE_CHECKING:
    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.wecom.rooms import WecomRooms
    from shared.filing.wecom_corps import WecomCorp

COOKIE = "wecom"
STATE_SECONDS = 600
"""How long somebody may take to say yes in WeCom; its code is good for five minutes."""

WHO_PATH = "/cgi-bin/auth/getuserinfo"
_INSIDE = "wxwork"
"""What WeCom's own browser calls itself."""

_MAC_BYTES = 32
_LONGEST_CODE = 512

_AGAIN = Text(
    "企业微信登录没有完成，或已过期。请从企业微信里重新打开。",
    "Signing in by WeCom did not finish, or is over. Open it again from WeCom.",
)
_STRANGER = Text("您不是这个企业的成员。", "You are not a member of this enterprise.")

_log = get_logger("wecom")


class Leaving(msgspec.Struct, frozen=True):
    """What a browser takes along: a state, for which connection, where it goes on, and until when it counts."""

    state: str
    connection_id: str
    next: str
    until: int


class WecomSignIn:
    """The way in through WeCom."""

    def __init__(self, frame: "Frame", rooms: "WecomRooms") -> None:
        self._frame = frame
        self._rooms = rooms
        self._cookies = Cookies(secure=frame.is_secure)
        self._key = frame.around.secrets.derive("wecom-sign-in")

    def routes(self) -> list[web.RouteDef]:
        """Return them."""
        return [
            self._frame.get("/wecom/{corp}/sign-in", self.leave),
            self._frame.get("/wecom/{corp}/signed-in", self.come),
            self._frame.get(r"/{file:WW_verify_[A-Za-z0-9]{8,64}\.txt}", self.file),
        ]

    async def leave(self, visit: "Visit") -> web.Response:
        """Send the browser to WeCom, which sends it back with a code."""
        corp = await self._corp(visit)
        leaving = Leaving(
            state=random_letters.token_hex(16),
            connection_id=corp.id,
            next=local_path(visit.request.query.get("next", "/")),
            until=int(self._frame.around.clock.now().timestamp()) + STATE_SECONDS,
        )
        address = self._address(corp, leaving.state, visit.request.headers.get("User-Agent", ""))
        response = web.Response(status=303, headers={"Location": address})
        self._cookies.write(response, COOKIE, self._written(leaving), seconds=STATE_SECONDS)
        return response

    async def come(self, visit: "Visit") -> web.Response:
        """Take WeCom's code, and let its member in."""
        corp = await self._corp(visit)
        query = visit.request.query
        leaving = self._read(self._cookies.read(visit.request, COOKIE))
        if (
            leaving is None
            or leaving.connection_id != corp.id
            or leaving.until < self._frame.around.clock.now().timestamp()
            or not hmac.compare_digest(leaving.state.encode(), query.get("state", "").encode("utf-8", "replace"))
        ):
            raise _DidNotFinishError
        # Whoever makes codes up would have us call WeCom until it shuts us out.
        turn = await self._frame.desk.means.throttle.code(self._frame.gate.visitor(visit.request).network)
        user_id = await self._who(corp, query.get("code", ""))
        await turn.succeeded()
        await self._rooms.members.joined(corp, await self._rooms.members.seen(corp, user_id))
        account = await self._frame.desk.sign_in.by_wecom(corp.id, user_id)
        response = visit.go(leaving.next)
        self._cookies.forget(response, COOKIE)
        await self._frame.gate.sign_in(visit.request, response, account, by="wecom")
        return response

    async def file(self, visit: "Visit") -> web.Response:
        """The file by which WeCom checks whose the domain is."""
        filed = await self._rooms.corps.shelf.find(file_lookup(visit.request.match_info["file"]))
        if filed is None:
            raise MissingError
        return web.Response(text=filed.document.domain_file[1], content_type="text/plain")

    async def _corp(self, visit: "Visit") -> "WecomCorp":
        corp = await self._rooms.corps.get(visit.request.match_info["corp"])
        if corp is None or corp.proved_at is None or self._frame.around.settings.front_page is None:
            raise MissingError
        return corp

    def _address(self, corp: "WecomCorp", state: str, agent: str) -> str:
        settings = self._frame.around.settings
        back = f"{settings.front_page}wecom/{corp.id}/signed-in"
        if _INSIDE in agent.lower():
            query = {
                "appid": corp.corp_id,
                "redirect_uri": back,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
                "agentid": str(corp.agent_id),
            }
            base = settings.wecom_oauth_url.rstrip("/")
            return f"{base}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"
        query = {
            "login_type": "CorpApp",
            "appid": corp.corp_id,
            "agentid": str(corp.agent_id),
            "redirect_uri": back,
            "state": state,
        }
        return f"{settings.wecom_login_url.rstrip('/')}/wwlogin/sso/login?{urlencode(query)}"

    async def _who(self, corp: "WecomCorp", code: str) -> str:
        """Return the member whom WeCom says that a code is for.

        Raises:
            ForbiddenError: nobody of this enterprise, or the code was used or is too old.
            RetryLaterError: WeCom does not answer.
        """
        if not 1 <= len(code) <= _LONGEST_CODE:
            raise _DidNotFinishError
        try:
            fields = (await self._rooms.corps.account(corp).call(WHO_PATH, params={"code": code})).fields
        except RetryLaterError:
            raise
        except ZhituiError as error:
            _log.warning("wecom_sign_in_refused", connection=corp.id, error=str(error))
            raise _DidNotFinishError from None
        user_id = {name.lower(): value for name, value in fields.items()}.get("userid")
        if not isinstance(user_id, str) or not user_id:
            raise _StrangerError
        return user_id

    def _written(self, leaving: Leaving) -> str:
        body = msgspec.json.encode(leaving)
        return base64.urlsafe_b64encode(hmac.digest(self._key, body, sha256) + body).decode()

    def _read(self, value: str) -> Leaving | None:
        try:
            raw = base64.urlsafe_b64decode(value)
            mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            if not hmac.compare_digest(mac, hmac.digest(self._key, body, sha256)):
                return None
            return msgspec.json.decode(body, type=Leaving)
        except (ValueError, msgspec.DecodeError):
            return None


class _DidNotFinishError(ForbiddenError):
    def __init__(self) -> None:
        super().__init__("wecom-again", _AGAIN)


class _StrangerError(ForbiddenError):
    def __init__(self) -> None:
        super().__init__("wecom-stranger", _STRANGER)
