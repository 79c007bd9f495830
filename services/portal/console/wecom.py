"""``/organisation/wecom``: an administrator connects an app of the enterprise, in ten minutes, and is told in words what is missing."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.desk.actor import Permission, Role
from services.portal.desk.drafts import DestinationDraft
from services.portal.desk.refusals import RefusalError, Text
from services.portal.desk.wecom import public_callback
from services.portal.desk.wecom_checks import is_connected
from services.portal.desk.wecom_drafts import CorpDraft
from services.portal.wecom.chat.commands import Verb
from services.portal.wecom.chat.own import CORP, FORMAT
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.wecom_checks import Finding
    from services.portal.desk.wecom_drafts import Keys
    from services.portal.wecom.rooms import WecomRooms
    from shared.filing.wecom_members import WecomMember

PLACE = "/organisation/wecom"
SHOWN_PEOPLE = 100
MOST_PICKED = 100

_NEWCOMERS = (
    (Role.EDITOR, Text("编辑：可以自己订阅", "Editor: may subscribe")),
    (Role.VIEWER, Text("只看：能看、能评价，订阅由同事来设", "Viewer: colleagues subscribe for them")),
)
_SECRET_TAKEN = Text("新的 Secret 已保存。", "The new secret was saved.")
_FILE_TAKEN = Text(
    "校验文件已放到网站根目录，请回到企业微信点“确定”。", "The file lies at the root of this site; go on in WeCom."
)
_PICKED = Text(
    "接收地址已建好，测试消息马上发出；收到后就可以在推送里选它。",
    "The destination was made and a test is on its way; choose it in a subscription once it has arrived.",
)
_MENU_PUT = Text("聊天窗口底部的菜单已创建。", "The menu was put under the chat.")
_GONE = Text("已断开，密钥和成员名单都已删除。", "Disconnected; its secrets and members were deleted.")


class WecomRoom:
    """The list with the form for another one; one connection with its steps, checks, people and keys; codes for members."""

    def __init__(self, frame: "Frame", rooms: "WecomRooms") -> None:
        self._frame = frame
        self._connections = rooms.connections
        self._people = rooms.people

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame, one = self._frame, f"{PLACE}/{{id}}"
        return [
            frame.get(PLACE, self.listing),
            frame.post(PLACE, self.connect),
            frame.post(f"{PLACE}/code", self.code),
            frame.get(one, self.shown),
            frame.post(f"{one}/check", self.check),
            frame.post(f"{one}/secret", self.secret),
            frame.post(f"{one}/keys", self.keys),
            frame.post(f"{one}/file", self.file),
            frame.post(f"{one}/people", self.people),
            frame.post(f"{one}/destination", self.destination),
            frame.post(f"{one}/menu", self.menu),
            frame.post(f"{one}/remove", self.remove),
        ]

    async def listing(self, visit: "Visit") -> "web.Response":
        """The organisation's enterprises in WeCom."""
        return await self._listing(visit)

    async def connect(self, visit: "Visit") -> "web.Response":
        """Connect an app; its callback's keys are shown this once."""
        draft = CorpDraft(
            corp_id=visit.field("corp_id"),
            agent_id=visit.number("agent_id"),
            secret=visit.field("secret"),
            token=visit.field("token"),
            aes_key=visit.field("aes_key"),
            newcomers=visit.field("newcomers"),
        )
        try:
            keys = await self._connections.connect(visit.actor, draft)
        except RefusalError as error:
            return await self._listing(visit, error=error)
        return await self._checked(visit, keys.connection_id, keys=keys)

    async def code(self, visit: "Visit") -> "web.Response":
        """Make a code that ties the member's WeCom to this account; it is shown this once."""
        return await self._listing(visit, code=f"{Verb.BIND} {await self._people.binding_code(visit.actor)}")

    async def shown(self, visit: "Visit") -> "web.Response":
        """One connection."""
        return await self._shown(visit, _id(visit))

    async def check(self, visit: "Visit") -> "web.Response":
        """Ask WeCom whether a connection works."""
        return await self._checked(visit, _id(visit))

    async def secret(self, visit: "Visit") -> "web.Response":
        """Take the app's new secret."""
        try:
            await self._connections.replace_secret(visit.actor, _id(visit), visit.field("secret"))
        except RefusalError as error:
            return await self._shown(visit, _id(visit), error=error)
        return visit.go(f"{PLACE}/{_id(visit)}", _SECRET_TAKEN)

    async def keys(self, visit: "Visit") -> "web.Response":
        """Give the callback other keys, shown this once."""
        keys = await self._connections.replace_keys(visit.actor, _id(visit))
        return await self._shown(visit, _id(visit), keys=keys)

    async def file(self, visit: "Visit") -> "web.Response":
        """Take the file by which WeCom checks whose the domain is."""
        try:
            await self._connections.prove_domain(
                visit.actor, _id(visit), visit.field("file"), visit.field("file_content")
            )
        except RefusalError as error:
            return await self._shown(visit, _id(visit), error=error)
        return visit.go(f"{PLACE}/{_id(visit)}", _FILE_TAKEN)

    async def people(self, visit: "Visit") -> "web.Response":
        """Read the directory, as far as the app may see it."""
        try:
            await self._people.read_directory(visit.actor, _id(visit))
            people = await self._people.pick(visit.actor, _id(visit), limit=SHOWN_PEOPLE)
        except RefusalError as error:
            return await self._shown(visit, _id(visit), error=error)
        return await self._shown(visit, _id(visit), people=people)

    async def destination(self, visit: "Visit") -> "web.Response":
        """Make a destination of the members that were picked, and send them a test."""
        desk, actor = self._frame.desk, visit.actor
        connection = await self._connections.get(actor, _id(visit))
        draft = DestinationDraft(
            name=visit.field("name"),
            channel=Channel.WECOM_APP,
            address="|".join(visit.form.getall("member", [])[:MOST_PICKED]) or "|",
            options={CORP: connection.id, "format": FORMAT},
        )
        try:
            made = await desk.destinations.make(actor, draft)
            await desk.proofs.send(actor, made.card.id)
        except RefusalError as error:
            people = await self._people.pick(actor, connection.id, limit=SHOWN_PEOPLE)
            return await self._shown(visit, connection.id, error=error, people=people)
        return visit.go(f"{PLACE}/{connection.id}", _PICKED)

    async def menu(self, visit: "Visit") -> "web.Response":
        """Put the menu under the chat with the app."""
        try:
            await self._people.put_menu(visit.actor, _id(visit))
        except RefusalError as error:
            return await self._shown(visit, _id(visit), error=error)
        return visit.go(f"{PLACE}/{_id(visit)}", _MENU_PUT)

    async def remove(self, visit: "Visit") -> "web.Response":
        """Disconnect."""
        await self._connections.disconnect(visit.actor, _id(visit))
        return visit.go(PLACE, _GONE)

    async def _listing(
        self, visit: "Visit", *, error: RefusalError | None = None, code: str | None = None
    ) -> "web.Response":
        actor = visit.actor
        return visit.page(
            "wecom.html",
            **shown_again(visit, error, {"newcomers": Role.EDITOR.value}),
            corps=await self._connections.all(actor),
            manages=actor.may(Permission.MANAGE_ORGANISATION),
            code=code,
            newcomers=[(role.value, visit.say(words)) for role, words in _NEWCOMERS],
        )

    async def _checked(self, visit: "Visit", connection_id: str, *, keys: "Keys | None" = None) -> "web.Response":
        try:
            findings = await self._connections.check(visit.actor, connection_id)
        except RefusalError as error:
            return await self._shown(visit, connection_id, error=error, keys=keys)
        return await self._shown(visit, connection_id, findings=findings, keys=keys)

    async def _shown(
        self,
        visit: "Visit",
        connection_id: str,
        *,
        error: RefusalError | None = None,
        findings: "Sequence[Finding]" = (),
        keys: "Keys | None" = None,
        people: "Sequence[WecomMember] | None" = None,
    ) -> "web.Response":
        actor = visit.actor
        actor.need(Permission.MANAGE_ORGANISATION)
        return visit.page(
            "wecom_connection.html",
            **shown_again(visit, error, {}),
            corp=await self._connections.get(actor, connection_id),
            url=public_callback(self._frame.around.settings.public_url, connection_id),
            home=self._frame.around.settings.front_page,
            findings=findings,
            is_connected=bool(findings) and is_connected([*findings]),
            keys=keys,
            people=people,
        )


def _id(visit: "Visit") -> str:
    return visit.request.match_info["id"]
