"""A city's processes, on Kafka and MongoDB, and who comes to its portals: each request of a visitor is answered by another one."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import aiohttp

from services.notifier.outlets import ChannelOutlets
from services.portal.desk.actor import PERMISSIONS, Actor, Role, Way
from services.portal.desk.desk import Desk
from shared.backends import open_backends
from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.topic_making import make, plan_all
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.clock import SystemClock
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.ids import fresh_id
from shared.metrics import Metrics
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.testing.mailbox import Mail, Mailbox
from shared.testing.wecom_app import FakeWeComApp
from shared.wire.events import Change, PublicationSeen, encode_event
from tests.integration.portal.api.bench import Tenant
from tests.integration.portal.console.forms import Reader
from tests.integration.scaleout.cluster import Cluster

if TYPE_CHECKING:
    from lxml.html import FormElement

    from shared.wire.publication import Publication

T = TypeVar("T")

PORTALS = ("portal1", "portal2")
NOTIFIERS = ("notifier1", "notifier2")
ROLES = (*PORTALS, *NOTIFIERS, "matcher1", "matcher2")
PUBLIC_URL = "http://zt.example.cn"
PATIENCE_SECONDS = 60.0
PARTITIONS = 2


class Wanderer(Reader):
    """A browser behind a balancer that sends each request to the next portal."""

    def __init__(self, session: aiohttp.ClientSession, addresses: list[str]) -> None:
        super().__init__(session)
        self._addresses = addresses

    async def open(self, path: str) -> Reader:
        """Open a page."""
        return await super().open(self._addresses[0] + path)

    def _address(self, form: "FormElement") -> str:
        address = urlsplit(super()._address(form))
        return address._replace(netloc=urlsplit(self._addresses[0]).netloc).geturl()

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        await super()._read(response)
        self._addresses = [*self._addresses[1:], self._addresses[0]]


@dataclass(kw_only=True)
class City:
    """What tests ask.

    Attributes:
        around: the test's own way to store and bus, as a further process has it.
        desk: the test's own, to look with.
    """

    cluster: Cluster
    around: Surroundings
    desk: Desk
    mailbox: Mailbox
    vendor: FakeWeComApp
    session: aiohttp.ClientSession
    addresses: dict[str, str] = field(default_factory=dict)

    def at(self, portal: int) -> str:
        """Return the address of one of the portals; of one that was killed, where it was."""
        return self.addresses[PORTALS[portal]]

    @asynccontextmanager
    async def wandering(self) -> AsyncIterator[Wanderer]:
        """Give a browser that nobody is signed in with."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            yield Wanderer(session, [self.at(0), self.at(1)])

    async def ask(
        self, token: str, portal: int, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Ask the API of one of the portals."""
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        async with self.session.request(
            method, f"{self.at(portal)}/api/v1{path}", json=body, headers=headers
        ) as response:
            return response.status, await response.json(content_type=None)

    async def listed(self, token: str, portal: int, listing: str) -> list[str]:
        """Return the ids of a listing's first page."""
        _, page = await self.ask(token, portal, "GET", f"/{listing}?limit=100")
        return [one["id"] for one in page["items"]]

    async def tenant(self) -> Tenant:
        """Return the owner of a new organisation, with a token."""
        name = fresh_id("o")
        now = self.around.clock.now()
        await self.around.store.shelf(ORGANISATIONS).add([Organisation(id=name, name=name, created_at=now)])
        account = await self.desk.people.add(name, Role.OWNER, way="command-line", email=f"{name}@example.cn")
        actor = Actor(account_id=account.id, organisation_id=name, role=Role.OWNER, way=Way.SESSION)
        issued = await self.desk.tokens.issue(actor, name="测试", scopes=tuple(PERMISSIONS[Role.OWNER]))
        return Tenant(actor, issued.value)

    async def publish(self, *publications: "Publication") -> None:
        """Let publications come in, as ingest does."""
        now = self.around.clock.now()
        events = [
            PublicationSeen(publication=p, content_hash="h", change=Change.NEW, seen_at=now) for p in publications
        ]
        records = [Record(key=e.publication.publication_number, value=encode_event(e)) for e in events]
        await self.around.bus.append(PUBLICATIONS, records)

    async def mails(self, said: str, *, to: str) -> list[Mail]:
        """Return the mails to an address that say this, once there are any."""

        async def found() -> list[Mail]:
            mails = [mail for mail in self.mailbox.mails if to in mail.recipients]
            return [mail for mail in mails if said in f"{mail.message['Subject']}\n{mail.body('plain')}"]

        return await until(found)

    async def code(self, said: str, *, to: str) -> str:
        """Return the code in the latest mail to an address that says this."""
        found = re.search(r"\d{4} \d{4}|[A-Z2-7]{4}-[A-Z2-7]{4}", (await self.mails(said, to=to))[-1].body("plain"))
        assert found
        return found.group()

    async def whole(self) -> None:
        """Start anew what was killed, and wait until everybody can be asked."""
        self.cluster.serve(*(name for name, process in self.cluster.processes.items() if process.poll() is not None))
        await self.ready()

    async def ready(self) -> None:
        """Wait until every process can be asked, and note where the portals are."""
        await asyncio.to_thread(self.cluster.wait_ready)
        self.addresses = {name: self.cluster.address(name) for name in PORTALS}


async def until(look: "Callable[[], Awaitable[T]]") -> T:
    """Look until there is something."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.05)


@asynccontextmanager
async def open_city(root: Path) -> AsyncIterator[City]:
    """Start it: two of each role that looks after people."""
    async with AsyncExitStack() as stack:
        mailbox = await stack.enter_async_context(Mailbox())
        vendor = await stack.enter_async_context(FakeWeComApp(clock=SystemClock()))
        cluster = Cluster(root, module="tests.integration.portal.city.program")
        stack.callback(cluster.close)
        cluster.environment = {
            "ZHITUI_HTTP_PORT": "0",
            "ZHITUI_PUBLIC_URL": PUBLIC_URL,
            "ZHITUI_SMTP_HOST": "127.0.0.1",
            "ZHITUI_SMTP_PORT": str(mailbox.port),
            "ZHITUI_SMTP_SECURITY": "none",
            "ZHITUI_WECOM_BASE_URL": vendor.base_url,
            "ZHITUI_LOG_FORMAT": "json",
        }
        cluster.use_servers()
        settings = cluster.settings().model_copy(update={"data_dir": root / "test"})
        link = link_of(settings)
        async with open_cluster(link) as topics:
            await make(topics, plan_all(link.prefix, stream_partitions=PARTITIONS, replication=1))
        clock, secrets = SystemClock(), open_secret_box(settings)
        backends = await stack.enter_async_context(open_backends(settings, clock, secrets))
        around = Surroundings(
            settings=settings,
            bus=backends.bus,
            store=backends.store,
            clock=clock,
            metrics=Metrics(),
            secrets=secrets,
            outlets=ChannelOutlets(settings, clock),
        )
        desk = Desk(around)
        stack.callback(desk.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        cluster.serve(*ROLES)
        city = City(cluster=cluster, around=around, desk=desk, mailbox=mailbox, vendor=vendor, session=session)
        await city.ready()
        yield city
