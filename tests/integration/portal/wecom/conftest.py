"""A portal beside a stand-in of WeCom that calls it, with one enterprise connected."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from services.notifier.outlets import ChannelOutlets
from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.desk import Desk
from services.portal.pipeline import Portal
from services.portal.wecom.rooms import WecomRooms
from services.portal.wiring import open_role
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.filing.wecom_corps import WECOM_CORPS, WecomCorp
from shared.runtime.doors import open_doors
from shared.runtime.role import Surroundings
from shared.testing.advice import PlainAdvice
from shared.testing.clock import ManualClock
from shared.testing.wecom_app import AGENT_ID, CORP_ID, SECRET, FakeWeComApp
from shared.testing.wecom_callbacks import AES_KEY, TOKEN, CallbackSender
from tests.surroundings import open_surroundings
from tests.unit.notifier.making import publication

ORGANISATION = "o-1"
CONNECTION = "wc-0123456789abcdef01234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """All that a test needs.

    Attributes:
        owner: manages the organisation whose enterprise is connected.
        calls: the enterprise's WeCom, calling.
    """

    around: Surroundings
    clock: ManualClock
    desk: Desk
    rooms: WecomRooms
    vendor: FakeWeComApp
    calls: CallbackSender
    owner: Actor
    address: str

    async def say(self, text: str, user_id: str = "ZhangSan") -> str:
        """Let a member write."""
        return await self.calls.say(user_id, text)


@pytest.fixture
async def vendor(clock: ManualClock) -> AsyncIterator[FakeWeComApp]:
    async with FakeWeComApp(clock=clock) as vendor:
        yield vendor


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def wrong() -> dict[str, object]:
    """Settings that a test wants other than usual."""
    return {}


@pytest.fixture
async def around(
    tmp_path: Path, vendor: FakeWeComApp, clock: ManualClock, wrong: dict[str, object]
) -> AsyncIterator[Surroundings]:
    settings = {"wecom_base_url": vendor.base_url, **wrong}
    async with open_surroundings(tmp_path, clock=clock, **settings) as made:
        battery = publication("CN119000001A", "一种固态电池隔膜")
        yield dataclasses.replace(
            made,
            advice=PlainAdvice([battery]),
            outlets=ChannelOutlets(made.settings, made.clock),
        )


class CallbacksOnly:
    """The portal through WeCom's door alone: to describe its hundred other routes takes longer than these tests."""

    name = "portal"

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.run, self.is_idle, self.problems = portal.run, portal.is_idle, portal.problems

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return what the vendor calls."""
        return [*self._portal.wecom.routes()]


@pytest.fixture
def is_whole() -> bool:
    """Whether a test needs the console, too."""
    return False


@pytest.fixture
async def town(around: Surroundings, vendor: FakeWeComApp, clock: ManualClock, is_whole: bool) -> AsyncIterator[Town]:  # noqa: FBT001 - a fixture
    now = clock.now()
    await around.store.shelf(ORGANISATIONS).add([Organisation(id=ORGANISATION, name="东莞电池厂", created_at=now)])
    await around.store.shelf(WECOM_CORPS).add([connection(created_at=now, proved_at=now)])
    async with (
        open_role(around) as portal,
        open_doors([portal if is_whole else CallbacksOnly(portal)], around) as doors,
    ):
        url = f"{doors.address}/wecom/{CONNECTION}/callback"
        yield Town(
            around=around,
            clock=clock,
            desk=portal.desk,
            rooms=portal.wecom,
            vendor=vendor,
            calls=CallbackSender(clock=clock, enterprise=vendor.home, url=url),
            owner=Actor(account_id="a-1", organisation_id=ORGANISATION, role=Role.OWNER, way=Way.SESSION),
            address=doors.address,
        )


def connection(**changes: object) -> WecomCorp:
    """Return a connection of the stand-in's first enterprise."""
    fields: dict[str, object] = {
        "id": CONNECTION,
        "organisation_id": ORGANISATION,
        "corp_id": CORP_ID,
        "agent_id": AGENT_ID,
        "secret": SECRET,
        "token": TOKEN,
        "aes_key": AES_KEY,
        "created_by": "a-1",
    }
    return WecomCorp(**{**fields, **changes})  # type: ignore[arg-type]
