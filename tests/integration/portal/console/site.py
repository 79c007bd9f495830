"""A whole installation behind one address: portal, matcher and notifier on one folder, a mailbox outside, a past to look into."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services.matcher.wiring import open_role as open_matcher
from services.notifier.outlets import ChannelOutlets
from services.notifier.wiring import open_role as open_notifier
from services.portal.desk.desk import Desk
from services.portal.desk.visitor import Visitor
from services.portal.wiring import open_role as open_portal
from shared.advice import Holder, IpcPlace, Related, Suggestion
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.clock import SystemClock
from shared.runtime.doors import open_doors
from shared.runtime.role import Role, Surroundings
from shared.testing.advice import PlainAdvice
from shared.testing.mailbox import Mailbox
from shared.wire.events import Change, PublicationSeen, encode_event
from shared.wire.publication import Applicant, Publication
from tests.people import CountedPasswords
from tests.surroundings import open_surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

COMPANY = "广州锂想新能源科技有限公司"
TITLES = (
    "一种固态电池用硫化物电解质膜及其制备方法",
    "全固态电池的正极材料、极片和全固态电池",
    "一种锂离子电池隔膜涂布装置",
    "固态电池组及具有该固态电池组的车辆",
    "一种铅酸电池回收方法",
)
PLACES = (
    IpcPlace(symbol="H", title="电学", parent=None, children=1, count=60),
    IpcPlace(symbol="H01M", title="直接转变化学能为电能的方法或装置", parent="H", children=2, count=50),
    IpcPlace(symbol="H01M10/00", title="二次电池；及其制造", parent="H01M", children=0, count=40),
)


class KnowingAdvice(PlainAdvice):
    """Knows some words, classes and companies, too."""

    async def suggest(self, terms: "Sequence[str]", *, limit: int = 12) -> tuple[Suggestion, ...]:
        """Know one synonym."""
        return (Suggestion(text="锂电池", related=Related.SYNONYM, count=12),)[:limit] if "固态电池" in terms else ()

    async def describe(self, text: str, *, limit: int = 12) -> tuple[Suggestion, ...]:
        """Know the words of one trade."""
        words = [word for word in ("固态电池", "电解质膜", "隔膜", "极片") if word in text]
        return tuple(Suggestion(text=word, related=Related.TOGETHER, count=3) for word in words[:limit])

    async def holder(self, name: str) -> Holder:
        """Tell of the classes and the rivals of who is known."""
        plain = await super().holder(name)
        if not plain.publications:
            return plain
        words = tuple(Suggestion(text=word, related=Related.TOGETHER, count=2) for word in ("固态电池", "极片"))
        rivals = (("某某时代新能源股份有限公司", 9),)
        return Holder(name=name, publications=plain.publications, ipc=((PLACES[2], 3),), terms=words, together=rivals)

    async def ipc(self, symbol: str = "") -> tuple[IpcPlace, ...]:
        """Know one branch."""
        here = tuple(place for place in PLACES if place.symbol in {symbol, f"{symbol}/00"})
        return here + tuple(place for place in PLACES if (place.parent or "") == (here[0].symbol if here else symbol))

    async def ipc_titles(self, text: str, *, limit: int = 20) -> tuple[IpcPlace, ...]:
        """Know one branch."""
        return tuple(place for place in PLACES if text in place.title or place.symbol.startswith(text.upper()))[:limit]


def publication(number: int, title: str, day: date) -> Publication:
    return Publication(
        publication_number=f"CN{110083800 + number}A",
        kind="A",
        title=title,
        abstract=f"本发明公开了{title}，通过引入缓冲层降低界面阻抗，从而提高循环寿命。",
        published_on=day,
        ipc=("H01M10/0562",),
        applicants=(Applicant(name=COMPANY if number % 2 else "某某时代新能源股份有限公司"),),
        source="gazette-csv",
    )


def past(today: date) -> list[Publication]:
    """Return four weeks of publications."""
    return [publication(n, TITLES[n % len(TITLES)], today - timedelta(days=n)) for n in range(24)]


@dataclass(kw_only=True)
class Site:
    """What a journey needs.

    Attributes:
        address: of the console.
        mailbox: all mails that went out.
    """

    around: Surroundings
    address: str
    mailbox: Mailbox
    desk: Desk
    advice: KnowingAdvice
    roles: list[Role] = field(default_factory=list)

    async def publish(self, *publications: Publication) -> None:
        """Let publications come in, as ingest does."""
        now = self.around.clock.now()
        events = [
            PublicationSeen(publication=p, content_hash="h", change=Change.NEW, seen_at=now) for p in publications
        ]
        records = [Record(key=e.publication.publication_number, value=encode_event(e)) for e in events]
        await self.around.bus.append(PUBLICATIONS, records)

    async def mail(self, said: str, *, seconds: float = 60) -> str:
        """Return the text of the mail that says this, once it came."""
        async with asyncio.timeout(seconds):
            while True:
                for mail in self.mailbox.mails:
                    text = f"{mail.message['Subject']}\n{mail.body('plain')}"
                    if said in text:
                        self.mailbox.mails.remove(mail)
                        return text
                await asyncio.sleep(0.05)

    async def code(self, said: str) -> str:
        """Return the code in the mail that says this."""
        found = re.search(r"\d{4} \d{4}|[A-Z2-7]{4}-[A-Z2-7]{4}", await self.mail(said))
        assert found
        return found.group()


@asynccontextmanager
async def open_site(folder: Path, *, only_portal: bool = False) -> AsyncIterator[Site]:
    """Open it; without matcher and notifier where nothing is to be told."""
    async with AsyncExitStack() as stack:
        mailbox = await stack.enter_async_context(Mailbox())
        made = await stack.enter_async_context(
            open_surroundings(
                folder,
                clock=SystemClock(),
                smtp_host="127.0.0.1",
                smtp_port=mailbox.port,
                smtp_security="none",
                public_url="http://zhitui.example.cn",
                send_timeout_seconds=2.0,
            )
        )
        today = made.clock.now().date()
        advice = KnowingAdvice(past(today), today)
        around = replace(made, advice=advice, outlets=ChannelOutlets(made.settings, made.clock))
        portal = await stack.enter_async_context(open_portal(around, passwords=CountedPasswords()))
        doors = await stack.enter_async_context(open_doors([portal], around))
        desk = Desk(around, passwords=CountedPasswords())
        stack.callback(desk.close)
        site = Site(around=around, address=doors.address, mailbox=mailbox, desk=desk, advice=advice)
        if not only_portal:
            stop = asyncio.Event()
            site.roles = [
                await stack.enter_async_context(open_matcher(around)),
                await stack.enter_async_context(open_notifier(around)),
            ]
            group = await stack.enter_async_context(asyncio.TaskGroup())
            for role in site.roles:
                group.create_task(role.run(stop))
            stack.callback(stop.set)
        yield site


HERE = Visitor(address="127.0.0.1")
