"""EPO Open Patent Services: a search in the documents of a hundred offices, as a scheduled source."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.ingest.sources.ops.access import Access
from services.ingest.sources.ops.source import OpsSource
from shared.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.ingest.sources.scheduled import ScheduledSource
    from shared.clock import Clock
    from shared.settings import Settings


def ops_sources(settings: "Settings", clock: "Clock") -> "Iterator[ScheduledSource]":
    """Yield the source, when a query is set: one a line; blank lines, and lines that begin with ``#``, are left out.

    Raises:
        MisconfiguredError: a query without an account.
    """
    lines = [line.strip() for line in (settings.ops_query or "").splitlines()]
    queries = [line for line in lines if line and not line.startswith("#")]
    if not queries:
        return
    if settings.ops_key is None or settings.ops_secret is None:
        raise MisconfiguredError(
            "设置了 ZHITUI_OPS_QUERY，但没有 OPS 的账号。请在 developers.epo.org 免费注册，"
            "把应用的 Consumer Key 和 Secret 填入 ZHITUI_OPS_KEY 和 ZHITUI_OPS_SECRET。"
        )
    yield OpsSource(
        Access(settings.ops_base_url, settings.ops_key, settings.ops_secret, clock),
        queries=queries,
        every=timedelta(hours=settings.ops_every_hours),
        back_days=settings.ops_back_days,
        legal_events=settings.ops_legal_events,
        clock=clock,
        zone=settings.zone,
    )
