"""What planning costs: one group that is due, judged by its subscription's schedule, quiet hours and workdays, and made into deliveries.

Processor time of one thread; nothing is read or written.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from services.notifier.channels.port import Means
from services.notifier.channels.registry import CHANNELS
from services.notifier.planning.planner import Portion, make_plan
from services.notifier.planning.standing import Tell, judge
from services.notifier.planning.workdays import is_workday
from shared.clock import SystemClock
from shared.settings import load_settings
from shared.store.records import Alert, AlertKey, DueGroup, Why
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant, Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription

if TYPE_CHECKING:
    from services.notifier.channels.port import ChannelAdapter

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
ADDRESSES = {
    Channel.EMAIL: "wang@example.cn",
    Channel.WEBHOOK: "https://oa.example.cn/zhitui",
    Channel.FEED: "0" * 64,
    Channel.WECOM_APP: "wang",
    Channel.WECHAT_SERVICE: "o6_bmjrPTlm6_2sgVt7hMZOPfL2M",
    Channel.WECOM_ROBOT: "693a91f6-7000-4000-8000-000000000001",
    Channel.DINGTALK: "0" * 64,
    Channel.FEISHU: "693a91f6-7000-4000-8000-000000000001",
}


def run(digests: int = 4_000) -> list[tuple[str, str]]:
    """Measure.

    Args:
        digests: how many are planned of each kind.
    """
    figures = []
    for channel in ADDRESSES:
        adapter = CHANNELS[channel](Means(settings=load_settings(), clock=SystemClock()))
        for publications in (1, 5, 20):
            count = digests // publications
            seconds = _plan(adapter, channel, publications, count) / count
            figures.append(
                (
                    f"{channel}, digests of {publications}: judged and planned",
                    f"{1 / seconds:,.0f} digests/s, {1e6 * seconds:.0f} µs CPU each",
                )
            )
    return figures


def _plan(adapter: "ChannelAdapter", channel: Channel, publications: int, count: int) -> float:
    destination = Destination(
        id="d", channel=channel, address=ADDRESSES[channel], state=DestinationState.ACTIVE, created_at=NOW
    )
    subscriptions = [
        Subscription(
            id=f"s-{n}",
            profiles=("p",),
            destinations=("d",),
            schedule="daily@09:10",
            quiet="22:00-08:00",
            workdays=True,
            cap=50,
            created_at=NOW,
        )
        for n in range(count)
    ]
    alerts = [_alert(n) for n in range(publications)]
    oldest = NOW - timedelta(days=1)
    is_workday(NOW.date())  # the calendar is made once
    began = time.process_time()
    for subscription in subscriptions:
        group = DueGroup(due=0, subscription_id=subscription.id, destination_id="d", oldest_created_at=oldest)
        tell = judge(group, subscription, destination, {channel: adapter}, now=NOW, zone=ZONE)
        if isinstance(tell, Tell):
            portion = Portion(
                subscription=subscription, alerts=alerts, unsubscribe_url="https://zt.example.cn/u/AbCdEf"
            )
            make_plan([portion], destination, adapter, now=NOW)
    return time.process_time() - began


def _alert(n: int) -> Alert:
    publication = Publication(
        publication_number=f"CN{110000000 + n}A",
        kind="A",
        title="一种固态电池的隔膜及其制备方法",
        published_on=date(2026, 1, 2),
        applicants=(Applicant(name="广州某某新能源科技有限公司", region="4401"),),
        ipc=("H01M10/0562", "H01M50/40"),
    )
    hits = (
        Evidence(term="固态电池", field="title", start=2, end=6, kind=HitKind.WORD, score=1.0),
        Evidence(term="H01M10*", field="ipc[0]", start=0, end=11, kind=HitKind.IPC, score=1.0),
    )
    score = n / 100
    why = Why(profile_id="p", profile_name="固态电池隔膜", rule=0, score=score, evidence=hits)
    return Alert(
        key=AlertKey(subscription_id="s", publication_number=publication.publication_number, destination_id="d"),
        family_key=None,
        publication=publication,
        whys=(why,),
        score=score,
        created_at=NOW - timedelta(days=1),
    )


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
