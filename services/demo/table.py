"""The one table that the demonstration ends with."""

from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table

from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from services.demo.outcome import Outcome

CHANNEL_NAMES = {Channel.EMAIL: "邮件", Channel.WECOM_ROBOT: "企业微信"}


def sections(outcome: "Outcome") -> list[list[tuple[str, str, str]]]:
    """Return (what, how many, remark) rows in groups; the page shows the same."""
    read, accepted, unchanged, corrected, rejected = (
        sum(getattr(run, name) for run in outcome.runs)
        for name in ("read", "accepted", "unchanged", "corrected", "rejected")
    )
    reasons = Counter(refused.item.reason for refused in outcome.refused)
    publications = {number for d in outcome.deliveries for number in d.publication_numbers}
    return [
        [
            ("读取", f"{read} 条", f"样例公报 {len(outcome.runs)} 个文件"),
            ("  接受", f"{accepted}", "新的公开"),
            ("  未变", f"{unchanged}", "重复的行，内容相同"),
            ("  更正", f"{corrected}", "同一公开号，内容不同"),
            ("  隔离", f"{rejected}", "读不懂的行，原样保存，可以重放"),
            *[(f"    {count} 条", "", reason) for reason, count in reasons.items()],
        ],
        [("命中", f"{outcome.match_count} 次", f"{len(outcome.matches)} 个订阅画像，推送 {len(publications)} 件公开")],
        [
            (f"推送 {name}", f"{len(sent)} 条", f"共 {sum(len(d.publication_numbers) for d in sent)} 件公开")
            for channel, name in CHANNEL_NAMES.items()
            if (sent := outcome.sent(channel))
        ],
        [
            *[(f"{s.name}完成", f"{s.finished_after_seconds:.1f} 秒", f"{s.done} {s.unit}") for s in outcome.stages],
            ("总用时", f"{outcome.seconds:.1f} 秒", "从第一个文件到最后一条消息"),
        ],
    ]


def drawn(outcome: "Outcome") -> Table:
    """Return the table, ready to print."""
    table = Table(title="知推演示：从公报到收件箱", title_justify="left")
    table.add_column("项目", no_wrap=True)
    table.add_column("数量", justify="right", no_wrap=True)
    table.add_column("说明", overflow="fold")
    for section in sections(outcome):
        for row in section:
            table.add_row(*row)
        table.add_section()
    return table
