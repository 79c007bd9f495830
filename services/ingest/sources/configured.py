"""The scheduled sources that the settings name: one maker a kind."""

from typing import TYPE_CHECKING, TypeAlias

from services.ingest.sources.feeds import feed_sources
from services.ingest.sources.folders import folder_sources
from services.ingest.sources.ops import ops_sources
from shared.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from services.ingest.sources.scheduled import ScheduledSource
    from shared.clock import Clock
    from shared.settings import Settings

Maker: TypeAlias = "Callable[[Settings, Clock], Iterable[ScheduledSource]]"

MAKERS: "tuple[Maker, ...]" = (ops_sources, feed_sources, folder_sources)
"""Each returns the sources of its kind that are set, none when it is not set up; a wrong setting is a `MisconfiguredError`."""


def configured_sources(settings: "Settings", clock: "Clock") -> "list[ScheduledSource]":
    """Return the scheduled sources, in the order of their kinds.

    Raises:
        MisconfiguredError: a setting of theirs is wrong.
    """
    return [source for make in MAKERS for source in make(settings, clock)]


def source_named(name: str, sources: "Sequence[ScheduledSource]") -> "ScheduledSource":
    """Return one of the sources.

    Raises:
        NotFoundError: there is none of this name.
    """
    for source in sources:
        if source.name == name:
            return source
    names = "、".join(source.name for source in sources)
    there = f"已设置的有：{names}" if names else "还没有设置定期来源，怎么设置见 docs/sources.md"
    raise NotFoundError(f"没有名为 {name} 的定期来源；{there}。")
