"""The scheduled sources that the settings name: one maker a kind."""

from typing import TYPE_CHECKING, TypeAlias

from services.ingest.sources.ops import ops_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from services.ingest.sources.scheduled import ScheduledSource
    from shared.clock import Clock
    from shared.settings import Settings

Maker: TypeAlias = "Callable[[Settings, Clock], Iterable[ScheduledSource]]"

MAKERS: "tuple[Maker, ...]" = (ops_sources,)
"""Each returns the sources of its kind that are set, none when it is not set up; a wrong setting is a `MisconfiguredError`."""


def configured_sources(settings: "Settings", clock: "Clock") -> "list[ScheduledSource]":
    """Return the scheduled sources, in the order of their kinds.

    Raises:
        MisconfiguredError: a setting of theirs is wrong.
    """
    return [source for make in MAKERS for source in make(settings, clock)]
