"""What is stuck, and what to do about it: pure functions from what the store says to sentences for the operator."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from shared.errors import Reason
from shared.store.incoming import RunState
from shared.store.records import DeliveryState
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.portal.facts import Facts
    from shared.store.records import Delivery

SLOW_LAG_RECORDS = 10_000
"""Fewer waiting records than this are a batch on its way, not a jam."""


class Level(StrEnum):
    """How bad it is: ``FAILED`` keeps something from being delivered, ``WARNING`` will, or may, if nobody acts."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: what is the case.
        remedy: what to do about it, in words; empty when nothing is.
        command: the command that does it, or shows more.
    """

    level: Level
    what: str
    remedy: str = ""
    command: str = ""


REASONS = {
    Reason.AUTH: ("对方拒绝了我们的账号或密钥", "检查密钥或邮箱授权码"),
    Reason.RATE_LIMITED: ("发送太快，对方要求放慢", "会自动放慢后重试；同一机器人每分钟最多 20 条"),
    Reason.REJECTED: ("对方拒收这条消息", "看详情里的错误码，改正后重试"),
    Reason.GONE: ("目的地已不存在", "换一个目的地"),
    Reason.TOO_LONG: ("消息太长", "给订阅设置每次推送的条数上限（--cap）"),
    Reason.SERVER: ("对方服务器出错", "会自动重试"),
    Reason.TIMEOUT: ("对方没有及时应答", "会自动重试；一直如此就检查网络"),
    Reason.UNREACHABLE: ("连不上对方", "检查网络、防火墙和服务器地址"),
    Reason.GARBAGE: ("对方的应答看不懂", "检查服务地址是否指向了别处"),
    Reason.INTERRUPTED: ("发送途中进程中断，不知道是否已送达", "问一下收件人，再决定是否重发"),
    Reason.EXHAUSTED: ("重试次数已用完", "排除原因后重试"),
    Reason.CONFIGURATION: ("渠道没有配置好", "运行 zhitui doctor 查看缺少哪项设置"),
}
"""For each reason of a failed delivery: what it means, and what to do."""


def stuck(facts: "Facts") -> list[Finding]:
    """Return everything that does not move by itself, the worst first."""
    found = [*_storage(facts), *_deliveries(facts), *_destinations(facts), *_bus(facts), *_quarantine(facts)]
    found += [*_subscriptions(facts), *_inputs(facts), *_nobody(facts)]
    return sorted(found, key=lambda finding: finding.level is not Level.FAILED)


def who_does_what(facts: "Facts") -> list[Finding]:
    """Return how processes of a cluster share the work; on one machine there is nothing to tell."""
    found = [Finding(level=Level.OK, what=f"监视文件夹由 {owner} 负责") for owner in _readers(facts)]
    if notifiers := _notifiers(facts):
        found.append(Finding(level=Level.OK, what=f"推送由 {len(notifiers)} 个进程负责：{'、'.join(notifiers)}"))
    return found


def why(delivery: "Delivery") -> str:
    """Return why a delivery's last attempt failed, for people."""
    meaning = REASONS[delivery.reason][0] if delivery.reason else "原因未知"
    code = f"，错误码 {delivery.vendor_code}" if delivery.vendor_code else ""
    detail = f"：{delivery.detail}" if delivery.detail else ""
    return f"{meaning}{code}{detail}"


def _storage(facts: "Facts") -> "Iterator[Finding]":
    if facts.storage_problem:
        yield Finding(
            level=Level.FAILED,
            what=f"数据文件夹写不进去：{facts.storage_problem}",
            remedy="腾出磁盘空间或恢复写权限；有空间后会自动继续，不会丢失数据",
            command="zhitui doctor",
        )


def _readers(facts: "Facts") -> list[str]:
    return [lease.owner for lease in facts.leases if lease.name.startswith("watch-folder ")]


def _notifiers(facts: "Facts") -> list[str]:
    return [member.instance for member in facts.members if member.role == "notifier"]


def _nobody(facts: "Facts") -> "Iterator[Finding]":
    if facts.on_cluster and not _readers(facts):
        yield Finding(
            level=Level.WARNING, what="没有进程在读监视文件夹", remedy="启动 ingest", command="zhitui serve ingest"
        )
    if facts.on_cluster and not _notifiers(facts):
        yield Finding(
            level=Level.WARNING, what="没有进程在推送", remedy="启动 notifier", command="zhitui serve notifier"
        )


def _deliveries(facts: "Facts") -> "Iterator[Finding]":
    for delivery in (*facts.dead, *facts.held):
        remedy = REASONS[delivery.reason][1] if delivery.reason else "看详情"
        state = "已放弃" if delivery.state is DeliveryState.DEAD else "等待确认是否重发"
        yield Finding(
            level=Level.FAILED,
            what=f"推送 {delivery.id}（到 {delivery.destination_id}，{len(delivery.publication_numbers)} 件）{state}：{why(delivery)}",
            remedy=remedy,
            command=f"zhitui delivery retry {delivery.id}",
        )
    shown = len(facts.dead) + len(facts.held)
    total = sum(facts.deliveries_in(state) for state in (DeliveryState.DEAD, DeliveryState.HELD))
    if total > shown:
        yield Finding(
            level=Level.FAILED, what=f"还有 {total - shown} 条推送已放弃或等待确认", command="zhitui delivery list"
        )
    for delivery in facts.retrying:
        yield Finding(
            level=Level.WARNING,
            what=f"推送 {delivery.id}（到 {delivery.destination_id}）第 {delivery.attempts} 次没有成功：{why(delivery)}",
            remedy="会自动重试" if delivery.reason is None else REASONS[delivery.reason][1],
            command=f"zhitui delivery show {delivery.id}",
        )


def _destinations(facts: "Facts") -> "Iterator[Finding]":
    for destination in facts.destinations:
        if destination.state is DestinationState.DISABLED:
            yield Finding(
                level=Level.FAILED,
                what=f"目的地 {destination.id} 已停用：{destination.state_reason or '没有记录原因'}",
                remedy="检查地址和密钥；没有变就重新启用，变了就重新添加，等待的提醒会接着发",
                command=f"zhitui destination enable {destination.id}",
            )
        elif destination.state is DestinationState.UNVERIFIED:
            yield Finding(
                level=Level.WARNING,
                what=f"目的地 {destination.id} 还没有验证，不会收到推送",
                remedy="请对方确认；对方收到验证码后，再用 destination verify 填写",
                command=f"zhitui destination test {destination.id}",
            )


def _bus(facts: "Facts") -> "Iterator[Finding]":
    for topic, group, waiting in facts.lags:
        if waiting >= SLOW_LAG_RECORDS:
            yield Finding(
                level=Level.WARNING,
                what=f"{group} 还有 {waiting:,} 条没有处理（{topic}）",
                remedy="数字在减少就只需等待；不动就确认这个角色在运行",
                command=f"zhitui serve {group}",
            )
    for topic, count in facts.dead_letters:
        yield Finding(
            level=Level.FAILED,
            what=f"{count} 条内部消息无法处理，已完整保存在 {topic}",
            remedy="多半由更新的版本写入：把所有进程升级以后重放；日志里搜 dead_letter 可以看到原因",
            command="zhitui dead-letter replay",
        )


def _quarantine(facts: "Facts") -> "Iterator[Finding]":
    for code, count in sorted(facts.quarantine_counts.items(), key=lambda item: -item[1]):
        yield Finding(
            level=Level.WARNING,
            what=f"{count} 件读不了，已隔离，例如：{facts.quarantine_reasons.get(code, code)}",
            remedy="看原文；规则改好或文件修好后重读",
            command=f"zhitui quarantine list --reason {code}",
        )


def _subscriptions(facts: "Facts") -> "Iterator[Finding]":
    profiles = {profile.id for profile in facts.profiles}
    destinations = {destination.id for destination in facts.destinations}
    pending: Counter[str] = Counter()
    for group in facts.pending:
        pending[group.subscription_id] += group.count
    for subscription in facts.subscriptions:
        waiting = pending[subscription.id]
        if subscription.paused:
            yield Finding(
                level=Level.WARNING,
                what=f"订阅 {subscription.id} 已暂停，{waiting:,} 条提醒在等",
                remedy="恢复后会接着发",
                command=f"zhitui subscription resume {subscription.id}",
            )
        missing = [
            *sorted(set(subscription.profiles) - profiles),
            *sorted(set(subscription.destinations) - destinations),
        ]
        if missing:
            yield Finding(
                level=Level.FAILED,
                what=f"订阅 {subscription.id} 指向不存在的画像或目的地：{'、'.join(missing)}",
                remedy="补上缺少的，或改订阅",
                command=f"zhitui subscription show {subscription.id}",
            )
    if facts.is_partial:
        return  # who tells a profile may be a subscription that was not looked at
    told = {profile_id for subscription in facts.subscriptions for profile_id in subscription.profiles}
    if untold := sorted(profiles - told):
        yield Finding(
            level=Level.WARNING,
            what=f"{len(untold)} 个画像没有订阅，匹配到也不会推送：{shortened(untold)}",
            remedy="给它们加订阅，或删除",
            command=f"zhitui subscription add 订阅名 --profile {untold[0]} --destination 目的地",
        )


def _inputs(facts: "Facts") -> "Iterator[Finding]":
    seen: set[str] = set()
    for run in facts.runs:  # newest first: a file that was read since then is no trouble any more
        told_by_quarantine = run.error is None and run.rejected
        if run.state is RunState.FAILED and run.name not in seen and not told_by_quarantine:
            yield Finding(
                level=Level.WARNING,
                what=f"文件 {run.name} 没有读完：{run.error or '没有记录原因'}",
                remedy="修好文件后重新放进监视文件夹；已读入的不会重复",
                command="zhitui quarantine list",
            )
        seen.add(run.name)


def shortened(names: list[str], limit: int = 5) -> str:
    """Return the first names, and how many there are in all when that is more."""
    text = "、".join(names[:limit])
    return text if len(names) <= limit else f"{text} 等 {len(names)} 个"
