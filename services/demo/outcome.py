"""What the demonstration achieved: what the store says, what the sinks hold, and whether the two agree."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.store.records import DeliveryState
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.demo.stages import Stage
    from shared.store.incoming import IngestRun
    from shared.store.port import Store
    from shared.store.quarantined import QuarantineItem
    from shared.store.records import Delivery
    from shared.testing.mailbox import Mail
    from shared.testing.vendor import Accepted

_ALL = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A quarantined record with the bytes that could not be read."""

    item: "QuarantineItem"
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything that the table and the page show.

    Attributes:
        matches: (profile name, matches), most matches first.
        seconds: from the first file to the last message.
    """

    runs: "Sequence[IngestRun]"
    refused: "Sequence[Refused]"
    matches: "Sequence[tuple[str, int]]"
    deliveries: "Sequence[Delivery]"
    mails: "Sequence[Mail]"
    messages: "Sequence[Accepted]"
    stages: "Sequence[Stage]"
    seconds: float

    @property
    def match_count(self) -> int:
        """How many pairs of profile and publication were found."""
        return sum(count for _, count in self.matches)

    def sent(self, channel: Channel) -> "list[Delivery]":
        """Return the messages that left on a channel."""
        return [d for d in self.deliveries if d.channel is channel and d.state is DeliveryState.SENT]

    def problems(self) -> list[str]:
        """Return what is not as it must be, in sentences; empty when everything arrived."""
        found = []
        if not sum(run.accepted for run in self.runs):
            found.append("一条公开也没有接受。请看上面的日志里为什么读不出样例公报。")
        if unsent := [d for d in self.deliveries if d.state is not DeliveryState.SENT]:
            found.append(f"有 {len(unsent)} 条消息没有送出（演示可能被提前停止）。请重新运行一次 zhitui demo。")
        found += [
            f"渠道 {channel.value} 一条消息也没有送出。请重新运行；仍然如此就把日志报告给我们。"
            for channel in (Channel.EMAIL, Channel.WECOM_ROBOT)
            if not self.sent(channel)
        ]
        if {mail.delivery_id for mail in self.mails} != {d.id for d in self.sent(Channel.EMAIL)}:
            found.append("邮箱里的邮件和推送记录对不上。请把这次输出连同日志报告给我们。")
        told = Counter(number for d in self.sent(Channel.WECOM_ROBOT) for number in d.publication_numbers)
        if set(told) != {number for message in self.messages for number in message.numbers}:
            found.append("企业微信群里的消息和推送记录对不上。请把这次输出连同日志报告给我们。")
        return found


async def collect(
    store: "Store",
    *,
    mails: "Sequence[Mail]",
    messages: "Sequence[Accepted]",
    stages: "Sequence[Stage]",
) -> Outcome:
    """Read what the run left behind."""
    refused = []
    for item in await store.quarantine.recent(limit=_ALL):
        async with store.quarantine.open(item.id) as path:
            refused.append(Refused(item=item, raw=path.read_bytes()))
    names = {profile.id: profile.name for profile in await store.profiles.all()}
    deliveries = await store.deliveries.recent(limit=_ALL)
    told = {delivery.id: (delivery.subscription_id, delivery.page) for delivery in deliveries}
    return Outcome(
        runs=sorted(await store.runs.recent(limit=_ALL), key=lambda run: run.name),
        refused=sorted(refused, key=lambda one: (one.item.name, one.item.location)),
        matches=[(names.get(id_, id_), count) for id_, count, _ in await store.alerts.match_counts(limit=_ALL)],
        deliveries=deliveries,
        mails=sorted(mails, key=lambda mail: (mail.recipients, told.get(mail.delivery_id, ("", 0)))),
        messages=messages,
        stages=stages,
        seconds=max(stage.finished_after_seconds for stage in stages),
    )
