"""The portal in one screen: a request comes in, the store is asked, a page goes out."""

import asyncio
from typing import TYPE_CHECKING

from services.portal.api.routes import api_routes
from services.portal.confirmation import confirmation_routes
from services.portal.console.assets import asset_routes
from services.portal.console.centre import centre_routes
from services.portal.console.deliveries_one import DeliveryRoom
from services.portal.console.destinations import DestinationsRoom
from services.portal.console.destinations_one import DestinationRoom
from services.portal.console.editor.editing import EditorRoom
from services.portal.console.fields import FieldsRoom
from services.portal.console.fields_curating import CuratingRoom
from services.portal.console.forgotten import ForgottenRoom
from services.portal.console.frame import Frame
from services.portal.console.home import home_routes
from services.portal.console.inbox import InboxRoom
from services.portal.console.inbox_item import InboxItemRoom
from services.portal.console.inbox_places import PlacesRoom
from services.portal.console.inbox_sharing import SharingRoom
from services.portal.console.nowhere import nowhere_routes
from services.portal.console.organisation.account import AccountRoom
from services.portal.console.organisation.log import LogRoom
from services.portal.console.organisation.members import MembersRoom
from services.portal.console.organisation.tokens import TokensRoom
from services.portal.console.profiles import ProfilesRoom
from services.portal.console.sign_in import SignInRoom
from services.portal.console.sign_up import SignUpRoom
from services.portal.console.start.destination import WhereRoom
from services.portal.console.start.profile import StartRoom
from services.portal.console.subscriptions import SubscriptionsRoom
from services.portal.console.subscriptions_one import SubscriptionRoom
from services.portal.console.wecom import WecomRoom
from services.portal.feeds.route import feed_routes
from services.portal.unsubscribe import unsubscribe_routes
from services.portal.wecom.oauth import WecomSignIn
from services.portal.wecom.rooms import WecomRooms
from shared.runtime.patience import Patience

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.access.gate import AccessGate
    from services.portal.desk.desk import Desk
    from shared.runtime.role import Surroundings


class Portal:
    """The role that people look at. It only answers: nothing is ever pending."""

    name = "portal"

    def __init__(self, around: "Surroundings", desk: "Desk", gate: "AccessGate") -> None:
        self._around = around
        self.desk, self._gate = desk, gate
        self._frame = Frame(around, desk, gate)
        self.wecom = WecomRooms(desk)

    def routes(self) -> "list[web.AbstractRouteDef]":
        """The console, the operator's page (this machine only), the pages that mails lead to, the feeds and the API (everybody)."""
        around, frame = self._around, self._frame
        return [
            *asset_routes(),
            *home_routes(frame),
            *SignInRoom(frame).routes(),
            *ForgottenRoom(frame).routes(),
            *SignUpRoom(frame).routes(),
            *StartRoom(frame).routes(),
            *WhereRoom(frame).routes(),
            *MembersRoom(frame).routes(),
            *AccountRoom(frame).routes(),
            *TokensRoom(frame).routes(),
            *LogRoom(frame).routes(),
            *InboxRoom(frame).routes(),
            *PlacesRoom(frame).routes(),
            *SharingRoom(frame).routes(),
            *InboxItemRoom(frame).routes(),
            *DestinationsRoom(frame).routes(),
            *DestinationRoom(frame).routes(),
            *SubscriptionsRoom(frame).routes(),
            *SubscriptionRoom(frame).routes(),
            *DeliveryRoom(frame).routes(),
            *ProfilesRoom(frame).routes(),
            *EditorRoom(frame).routes(),
            *FieldsRoom(frame).routes(),
            *CuratingRoom(frame).routes(),
            *centre_routes(around),
            *unsubscribe_routes(around),
            *confirmation_routes(around),
            *feed_routes(around),
            *self.wecom.routes(),
            *WecomSignIn(frame, self.wecom).routes(),
            *WecomRoom(frame, self.wecom).routes(),
            *api_routes(self.desk, self._gate),
            *nowhere_routes(frame),
        ]

    def warm(self) -> None:
        """Make ready what the first visitors would else wait for; it takes some tenths of a second."""
        self._frame.warm()

    async def run(self, stop: "asyncio.Event") -> None:
        """Keep the house; the process's server does the work that people ask for."""
        await asyncio.to_thread(self.warm)
        await self.desk.keeping.run(Patience("portal", self._around.clock, self._around.metrics, stop))

    async def close(self) -> None:
        """Let go of what WeCom still waits for, and of connections to it."""
        await self.wecom.close()

    async def is_idle(self) -> bool:
        """Always: a request is answered when it comes."""
        return True

    async def problems(self) -> list[str]:
        """None of its own; the store's show in the health check."""
        return []

    async def warnings(self) -> list[str]:
        """Return what makes everybody look like one."""
        if self._gate.unknown_proxy is None:
            return []
        proxy = self._gate.unknown_proxy
        return [f"代理服务器 {proxy} 转来的人都被当成同一个地址，请在 ZHITUI_TRUSTED_PROXIES 里写上它"]
