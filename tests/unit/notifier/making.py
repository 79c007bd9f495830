"""Makes what the notifier's tests talk about."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from services.notifier.channels.port import Means
from shared.settings import load_settings
from shared.store.records import Alert, AlertKey, AlertState, Why
from shared.testing.clock import ManualClock
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant, Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
KEY = "693a91f6-7000-4000-8000-000000000001"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def means(**settings: object) -> Means:
    return Means(settings=load_settings(**settings), clock=ManualClock())


def at(text: str) -> datetime:
    """Return a moment by a clock in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def publication(
    number: str = "CN110083831A", title: str = "一种固态电池的隔膜及其制备方法", **changes: object
) -> Publication:
    values: dict[str, object] = {
        "publication_number": number,
        "kind": number[-1],
        "title": title,
        "published_on": date(2026, 1, 2),
        "application_number": f"2018{number[2:-1]}.5",
        "applicants": (Applicant(name="广州某某新能源科技有限公司", region="4401"),),
        "ipc": ("H01M10/0562", "H01M50/40"),
    }
    return Publication(**{**values, **changes})  # type: ignore[arg-type]


def why(profile_id: str = "p-1", *, score: float = 0.9, term: str = "固态电池", start: int = 2) -> Why:
    return Why(
        profile_id=profile_id,
        profile_name="固态电池隔膜",
        rule=0,
        score=score,
        evidence=(
            Evidence(term=term, field="title", start=start, end=start + len(term), kind=HitKind.WORD, score=1.0),
            Evidence(term="H01M10*", field="ipc[0]", start=0, end=11, kind=HitKind.IPC, score=1.0),
        ),
    )


def alert(
    of: Publication | None = None,
    *whys: Why,
    subscription_id: str = "battery",
    destination_id: str = "box",
    created_at: datetime = NOW,
    state: AlertState = AlertState.PENDING,
) -> Alert:
    told = of or publication()
    reasons = whys or (why(),)
    return Alert(
        key=AlertKey(
            subscription_id=subscription_id,
            publication_number=told.publication_number,
            destination_id=destination_id,
        ),
        family_key=told.application_number,
        publication=told,
        whys=reasons,
        score=max(reason.score for reason in reasons),
        created_at=created_at,
        state=state,
    )


def mailbox(state: DestinationState = DestinationState.ACTIVE, address: str = "wang@example.com") -> Destination:
    return Destination(id="box", channel=Channel.EMAIL, address=address, state=state, created_at=NOW)


def robot(state: DestinationState = DestinationState.ACTIVE, key: str = KEY, **options: str) -> Destination:
    return Destination(
        id="group", channel=Channel.WECOM_ROBOT, address=key, options=options, state=state, created_at=NOW
    )


def subscription(*destinations: str, **changes: object) -> Subscription:
    values: dict[str, object] = {
        "id": "battery",
        "profiles": ("p-1",),
        "destinations": destinations or ("box",),
        "created_at": NOW,
    }
    return Subscription(**{**values, **changes})  # type: ignore[arg-type]
