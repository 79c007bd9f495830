"""What planning costs: one group that is due, judged by its subscription's schedule, quiet hours and workdays, and made into deliveries.

Processor time of one thread. Each subscription has alerts of its own, read as the embedded store reads them, before the time begins:
what reading and writing take is no part of it (`benchmarks.owing` has both). How long an alert is stands in its row, since it was
recorded; what working that out takes there is a figure of its own. Digests of alerts that nobody worked it out for are measured, too:
those of older versions, and those whose reasons changed while they waited.

Publications that were told to somebody before come from the store's memory, as with MongoDB. So once everything was told before (a
gazette's publications, most of them found by many), and once nothing was.

All channels take turns, so that a busy moment of the machine is one round of each. Of the rounds the middle one counts.
"""

import itertools
import statistics
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from services.notifier.channels.port import Means
from services.notifier.channels.registry import CHANNELS
from services.notifier.planning.planner import Portion, make_plan
from services.notifier.planning.standing import Tell, judge
from services.notifier.planning.workdays import is_workday
from services.notifier.templates.extents import Extents, extents_of
from shared.clock import SystemClock
from shared.runtime.memory import collect_rarely
from shared.settings import load_settings
from shared.store.embedded.alert_rows import read
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
PUBLICATIONS = 1_000
"""Told in a round, by as many digests as they make."""

ROUNDS = 11
DIGESTS = (1, 5, 20)
"""Publications of a digest."""


class _Case(NamedTuple):
    """What is planned; ``recorded``: with how long the alerts are."""

    channel: Channel
    publications: int
    told: str
    recorded: bool


_TOLD = ("told before", "new")
_CASES = [
    *(_Case(*case) for case in itertools.product(ADDRESSES, DIGESTS, _TOLD, [True])),
    *(_Case(*case) for case in itertools.product(ADDRESSES, DIGESTS[-1:], _TOLD, [False])),
]
_UNTOLD = itertools.count(PUBLICATIONS, step=PUBLICATIONS)

_THINGS = ("固态电池", "石墨烯", "正极材料", "永磁电机", "激光雷达", "热泵", "碳化硅", "氢燃料电池")
_USES = ("隔膜", "散热装置", "制备方法", "检测系统", "封装结构", "控制方法", "涂层", "回收工艺", "连接件")

_encode = msgspec.json.Encoder().encode


def run() -> list[tuple[str, str]]:
    """Measure."""
    collect_rarely()  # as every process of the services does
    means = Means(settings=load_settings(), clock=SystemClock())
    adapters = {channel: CHANNELS[channel](means) for channel in ADDRESSES}
    seconds: defaultdict[_Case, list[float]] = defaultdict(list)
    working_out: defaultdict[str, list[float]] = defaultdict(list)
    for told, place in itertools.product(_TOLD, range(ROUNDS + 1)):
        for case in _CASES:
            if case.told != told:
                continue
            taken = _plan(adapters[case.channel], case, first=_first(told))
            if place:  # the first round makes ready
                seconds[case].append(taken / (PUBLICATIONS // case.publications))
        working_out[told].append(_work_out(first=_first(told)) / PUBLICATIONS)
    return [
        *((_label(case), _figure(seconds[case], "digests")) for case in _CASES),
        *((f"how long an alert is, worked out: {told}", _figure(working_out[told], "alerts")) for told in _TOLD),
    ]


def _first(told: str) -> int:
    return next(_UNTOLD) if told == "new" else 0


def _label(case: _Case) -> str:
    kind = "" if case.recorded else ", as recorded by older versions"
    return f"{case.channel}, digests of {case.publications}, {case.told}{kind}: judged and planned"


def _figure(seconds: list[float], what: str) -> str:
    middle, least = statistics.median(seconds), min(seconds)
    return f"{1 / middle:,.0f} {what}/s, {1e6 * middle:.1f} µs CPU each (at best {1e6 * least:.1f} µs)"


def _work_out(*, first: int) -> float:
    """Return the seconds in which it is worked out how long alerts are, one of each publication from the first one on."""
    alerts = [_alert(f"s-{n}", n, recorded=False) for n in range(first, first + PUBLICATIONS)]
    began = time.process_time()
    for alert in alerts:
        extents_of(alert.publication).of(alert.whys, alert.score)
    return time.process_time() - began


def _plan(adapter: "ChannelAdapter", case: _Case, *, first: int) -> float:
    """Return the seconds in which the publications from the first one on are told in digests of so many."""
    channel, publications = case.channel, case.publications
    count = PUBLICATIONS // publications
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
    owed = [
        [
            _alert(subscription.id, n, recorded=case.recorded)
            for n in range(first + place * publications, first + (place + 1) * publications)
        ]
        for place, subscription in enumerate(subscriptions)
    ]
    oldest = NOW - timedelta(days=1)
    is_workday(NOW.date())  # the calendar is made once
    began = time.process_time()
    for subscription, alerts in zip(subscriptions, owed, strict=True):
        group = DueGroup(due=0, subscription_id=subscription.id, destination_id="d", oldest_created_at=oldest)
        tell = judge(group, subscription, destination, {channel: adapter}, now=NOW, zone=ZONE)
        if isinstance(tell, Tell):
            portion = Portion(
                subscription=subscription,
                alerts=alerts,
                unsubscribe_url=f"https://zt.example.cn/u/{subscription.id:>22}",
            )
            make_plan([portion], destination, adapter, now=NOW)
    return time.process_time() - began


def _alert(subscription_id: str, n: int, *, recorded: bool) -> Alert:
    thing, use = _THINGS[n % len(_THINGS)], _USES[n % len(_USES)]
    title = f"一种{thing}的{use}及其应用"
    publication = Publication(
        publication_number=f"CN{110000000 + n}A",
        kind="A",
        title=title,
        published_on=date(2026, 1, 2),
        filed_on=date(2024, 7, 1),
        application_number=f"2024{10000000 + n}.5",
        abstract=f"本发明公开了{title}。" * 20,
        claim=f"1.{title}，其特征在于，" * 20,
        applicants=(
            Applicant(name=f"广州第{n % 700}新能源科技有限公司", address="广东省广州市天河区", region="440106"),
        ),
        inventors=("张三", "李四", "王五"),
        ipc=("H01M10/0562", "H01M50/40"),
    )
    hits = (
        Evidence(term=thing, field="title", start=2, end=2 + len(thing), kind=HitKind.WORD, score=1.0),
        Evidence(term=use, field="abstract", start=9, end=9 + len(use), kind=HitKind.WORD, score=0.9),
        Evidence(term="H01M10*", field="ipc[0]", start=0, end=11, kind=HitKind.IPC, score=1.0),
    )
    score = n % 100 / 100
    why = Why(
        profile_id=f"p-{subscription_id}", profile_name=f"画像 {subscription_id}", rule=0, score=score, evidence=hits
    )
    alert = Alert(
        key=AlertKey(
            subscription_id=subscription_id, publication_number=publication.publication_number, destination_id="d"
        ),
        family_key=None,
        publication=publication,
        whys=(why,),
        score=score,
        created_at=NOW - timedelta(days=1),
        extent=Extents(publication).of((why,), score) if recorded else msgspec.UNSET,
    )
    return read(_encode(alert))


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<90} {figure}")
