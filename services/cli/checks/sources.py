"""Checks of the sources: whether the scheduled ones can be visited, and whether all behave as they usually do."""

from typing import TYPE_CHECKING

from services.portal.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from services.ingest.sources.reports import Report
    from services.ingest.sources.scheduled import ScheduledSource


async def sources(scheduled: "Sequence[ScheduledSource]", reports: "Sequence[Report]") -> "AsyncIterator[Finding]":
    """Try every scheduled source; tell what the store knows of how all of them behave."""
    from services.ingest.sources.health import Sign
    from services.ingest.sources.visits import checked

    for source in scheduled:
        ok, told = await checked(source)
        yield Finding(
            level=Level.OK if ok else Level.FAILED,
            what=f"来源 {source.name}：{told}",
            remedy="" if ok else "处理后再试",
            command="" if ok else f"zhitui source check {source.name}",
        )
    for report in reports:
        for remark in report.remarks:
            if remark.sign is not Sign.VISIT:
                yield Finding(level=Level.WARNING, what=f"来源 {report.name}：{remark.sentence}")
