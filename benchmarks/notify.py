"""What telling costs, in all its parts: planning, mails and webhooks, alone and through the whole notifier.

Last comes one publication that many mailboxes are owed, from the match to the last mail taken; there the mail server is a stand-in
in a process of its own that journals every mail to disk before it says yes.
"""

import asyncio
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks import hooks, mails, planning
from benchmarks.installation import open_installation, run_until, subscribe
from services.matcher.wiring import open_role as open_matcher
from services.notifier.wiring import open_role as open_notifier
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.store.records import DeliveryState
from shared.wire.content import content_hash
from shared.wire.events import Change, PublicationSeen, encode_event
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication
from tools.services.ports import answers, free_port


def run(mailboxes: int = 500) -> list[tuple[str, str]]:
    """Measure.

    Args:
        mailboxes: how many are told of the one publication.
    """
    return [*planning.run(), *mails.run(), *hooks.run(), *_from_the_match(mailboxes)]


def _from_the_match(mailboxes: int) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        smtp, wecom = free_port(), free_port()
        sinks = subprocess.Popen(
            [
                *(sys.executable, "-m", "shared.testing.sinks", "--smtp-port", str(smtp), "--wecom-port", str(wecom)),
                *("--journal", str(Path(folder) / "journal.jsonl")),
            ]
        )
        try:
            return asyncio.run(_tell(Path(folder), smtp, mailboxes))
        finally:
            sinks.terminate()
            sinks.wait()


async def _tell(folder: Path, smtp_port: int, mailboxes: int) -> list[tuple[str, str]]:
    while not await asyncio.to_thread(answers, smtp_port):
        await asyncio.sleep(0.05)
    async with open_installation(folder / "data", smtp_port=smtp_port) as (around, clock):
        await subscribe(around, [Profile(id="p", rules=(Rule(groups=(("固态电池",),)),))], mailboxes, "immediate")
        publication = Publication(
            publication_number="CN110000001A", kind="A", title="一种固态电池的隔膜", published_on=date(2026, 1, 6)
        )
        event = PublicationSeen(
            publication=publication,
            content_hash=content_hash(publication),
            change=Change.NEW,
            seen_at=clock.now(),
        )
        await around.bus.append(PUBLICATIONS, [Record(key=publication.publication_number, value=encode_event(event))])

        async def told() -> bool:
            counts = await around.store.deliveries.state_counts()
            return counts.get(("email", DeliveryState.SENT), 0) == mailboxes

        async with open_matcher(around) as matcher, open_notifier(around) as notifier:
            seconds, cpu = await run_until([matcher, notifier], told)
    return [
        (
            f"{mailboxes:,} mails, from the match to the last one taken",
            f"{mailboxes / seconds:,.0f} mails/s, {seconds:.1f} s, {1e3 * cpu / mailboxes:.1f} ms CPU each",
        )
    ]


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
