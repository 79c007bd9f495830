"""A city's portal to measure: organisations with a member each, what they watch, where it goes, and what they were told.

Everything follows from numbers, so that who drives the portal knows cookies and ids without reading the store.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import msgspec

from benchmarks.corpus import corpus
from benchmarks.year import year
from services.portal.desk.passwords import production_hasher
from shared.filing.accounts import ACCOUNTS, Account
from shared.filing.destination_cards import DESTINATION_CARDS, DestinationCard
from shared.filing.lookups import Lookups
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.filing.profile_cards import PROFILE_CARDS, ProfileCard
from shared.filing.sessions import SESSIONS, Session
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS, SubscriptionCard
from shared.store.records import Alert, AlertKey, Delivery, GroupPlan, Why
from shared.wire.match import Evidence, HitKind
from shared.wire.profile import Profile
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

if TYPE_CHECKING:
    from pathlib import Path

    from shared.runtime.role import Surroundings
    from shared.store.filed import Kind

PASSWORD = "三月的风 walks uphill"  # noqa: S105 - of nobody
LARGE = 20
"""So many organisations have as much as one may have."""
MOST = 200
ALERTS, ALERTS_OF_LARGE = 3, 50
"""Of each subscription."""
AT_ONCE = 2_000
_PUBLICATIONS = 5_000
_DAYS = 360

T = TypeVar("T")
D = TypeVar("D", bound=msgspec.Struct)


class City(msgspec.Struct, frozen=True, kw_only=True):
    """How large it is; the first `LARGE` accounts are those of the large organisations.

    Attributes:
        profiles: of all others together.
    """

    profiles: int
    accounts: int

    @property
    def each(self) -> int:
        """Profiles that an organisation has."""
        return max(1, self.profiles // self.accounts)

    def is_large(self, member: int) -> bool:
        """Whether a member's organisation has as much as one may have."""
        return member < LARGE

    def profile_ids(self, member: int) -> list[str]:
        """Return the profiles of a member's organisation."""
        return [f"pf-{member:07}-{n:03}" for n in range(MOST if self.is_large(member) else self.each)]

    def subscriptions(self, member: int) -> int:
        """Return how many there are, and as many destinations."""
        return MOST if self.is_large(member) else 1


def token_of(member: int) -> str:
    """Return what a member's session cookie holds."""
    return f"benchmark-session-{member:07}"


def email_of(member: int) -> str:
    """Return a member's mail address."""
    return f"m{member}@example.cn"


async def fill(around: "Surroundings", city: City, profiles: "Path") -> list[tuple[str, str]]:
    """Fill an empty store.

    Args:
        around: its surroundings.
        city: how much of everything.
        profiles: a file of `benchmarks.generator.profile_file`, of any length; profiles are taken from it in turn.
    """
    now = around.clock.now()
    members = range(city.accounts)
    began = time.perf_counter()
    password, lookups = production_hasher().hash(PASSWORD), Lookups(around.secrets)
    await _file(
        around,
        ORGANISATIONS,
        (Organisation(id=f"o-{n:07}", name=f"某市某某{n}号科技有限公司", created_at=now) for n in members),
    )
    await _file(around, ACCOUNTS, (_account(n, password, lookups, now) for n in members))
    await _file(around, SESSIONS, (_session(n, lookups, now) for n in members))
    await _file(around, PROFILE_CARDS, (_card(ProfileCard, n, i, now) for n in members for i in city.profile_ids(n)))
    await _file(around, DESTINATION_CARDS, (_card(DestinationCard, n, _dn(n, k), now) for n, k in _places(city)))
    await _file(around, SUBSCRIPTION_CARDS, (_card(SubscriptionCard, n, _sb(n, k), now) for n, k in _places(city)))
    for some in _chunks(_profiles(city, profiles), AT_ONCE * 5):
        await around.store.profiles.put(some, saved_at=now)
    await _all(around.store.destinations.put, (_destination(n, k, now) for n, k in _places(city)))
    await _all(around.store.subscriptions.put, (_subscription(city, n, k, now) for n, k in _places(city)))
    filed = time.perf_counter() - began
    alerts = await _tell(around, city, now)
    return [
        ("filling: all but alerts", f"{filed:,.0f} s"),
        ("filling: alerts and messages", f"{alerts:,}, {time.perf_counter() - began - filed:,.0f} s"),
    ]


async def _tell(around: "Surroundings", city: City, now: datetime) -> int:
    made = list(year(corpus(), _PUBLICATIONS))
    told = 0
    for places in _chunks(_places(city), AT_ONCE):
        alerts, plans = [], []
        for n, k in places:
            keys = []
            for number in range(ALERTS_OF_LARGE if city.is_large(n) else ALERTS):
                alert = _alert(city, (n, k), made[(n * 31 + k * 7 + number * 97) % len(made)], number, now)
                alerts.append(alert)
                keys.append(alert.key)
            if k % 2 == 0:
                plans.append(_plan(n, k, keys[:-1], now))
        told += await around.store.alerts.record([], alerts)
        await around.store.alerts.plan(plans)
    return told


def _account(member: int, password: str, lookups: Lookups, now: datetime) -> Account:
    email = email_of(member)
    return Account(
        id=f"a-{member:07}", organisation_id=f"o-{member:07}", email=email, email_key=lookups.email(email), name="王工",
        role="owner", password_hash=password, created_at=now,
    )  # fmt: skip


def _session(member: int, lookups: Lookups, now: datetime) -> Session:
    return Session(
        id=f"s-{member:07}", token_key=lookups.secret("session", token_of(member)), account_id=f"a-{member:07}",
        organisation_id=f"o-{member:07}", epoch=1, created_at=now, seen_at=now - timedelta(hours=1),
        expires_at=now + timedelta(days=14), ends_at=now + timedelta(days=90), address="203.0.113.7", device="Firefox · Linux",
    )  # fmt: skip


CardT = TypeVar("CardT", ProfileCard, DestinationCard, SubscriptionCard)


def _card(kind: type[CardT], member: int, thing: str, now: datetime) -> CardT:
    who = f"a-{member:07}"
    return kind(
        id=thing, organisation_id=f"o-{member:07}", name=f"研发部 {thing[-6:]}", made_by=who, made_at=now, changed_by=who,
        changed_at=now,
    )  # fmt: skip


def _profiles(city: City, path: "Path") -> Iterator[Profile]:
    decode = msgspec.json.Decoder(Profile).decode
    lines = _again(path)
    for member in range(city.accounts):
        for profile_id in city.profile_ids(member):
            yield msgspec.structs.replace(decode(next(lines)), id=profile_id)


def _again(path: "Path") -> Iterator[bytes]:
    while True:
        with path.open("rb") as lines:
            yield from lines


def _dn(member: int, number: int) -> str:
    return f"dn-{member:07}-{number:03}"


def _sb(member: int, number: int) -> str:
    return f"sb-{member:07}-{number:03}"


def _places(city: City) -> Iterator[tuple[int, int]]:
    """Give (member, number of a subscription and its destination)."""
    return ((n, k) for n in range(city.accounts) for k in range(city.subscriptions(n)))


def _destination(member: int, number: int, now: datetime) -> Destination:
    return Destination(
        id=_dn(member, number), channel=Channel.EMAIL, address=f"box{number}-{email_of(member)}", state=DestinationState.ACTIVE,
        created_at=now,
    )  # fmt: skip


def _subscription(city: City, member: int, number: int, now: datetime) -> Subscription:
    ids = city.profile_ids(member)
    return Subscription(
        id=_sb(member, number), profiles=(ids[number],) if city.is_large(member) else tuple(ids),
        destinations=(_dn(member, number),), schedule="daily@09:00", created_at=now,
    )  # fmt: skip


def _alert(city: City, place: tuple[int, int], publication: Publication, nth: int, now: datetime) -> Alert:
    member, number = place
    profile = city.profile_ids(member)[number]
    hit = Evidence(term=publication.title[:2], field="title", start=0, end=2, kind=HitKind.WORD, score=1.0)
    return Alert(
        key=AlertKey(
            subscription_id=_sb(member, number), publication_number=publication.publication_number,
            destination_id=_dn(member, number),
        ),
        family_key=None,
        publication=publication,
        whys=(Why(profile_id=profile, profile_name="研发部", rule=0, score=1.0, evidence=(hit,)),),
        score=1.0,
        created_at=now - timedelta(days=(nth * 37 + number) % _DAYS, seconds=nth),
        due_at=now + timedelta(days=1),
    )  # fmt: skip


def _plan(member: int, number: int, keys: Sequence[AlertKey], now: datetime) -> GroupPlan:
    delivery = Delivery(
        id=f"d-{member:07}-{number:03}", subscription_id=_sb(member, number), destination_id=_dn(member, number),
        channel=Channel.EMAIL, publication_numbers=tuple(key.publication_number for key in keys), next_attempt_at=now,
        created_at=now,
    )  # fmt: skip
    return GroupPlan(deliveries=(delivery,), planned=tuple((key, delivery.id) for key in keys))


async def _file(around: "Surroundings", kind: "Kind[D]", documents: Iterable[D]) -> None:
    shelf = around.store.shelf(kind)
    for some in _chunks(documents, AT_ONCE):
        if not await shelf.add(some):
            raise RuntimeError(f"{kind.name}: something is there already")


async def _all(put: Callable[[T], Awaitable[object]], things: Iterable[T]) -> None:
    for some in _chunks(things, AT_ONCE):
        await asyncio.gather(*map(put, some))


def _chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    stream = iter(things)
    while some := list(islice(stream, size)):
        yield some
