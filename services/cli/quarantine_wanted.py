"""Which quarantined items a command is about: ids, or options that all of its commands take."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.selecting import Selected, moment_option, selecting, text_option

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.runtime.role import Surroundings
    from shared.settings import Settings
    from shared.store.quarantined import QuarantineItem, Wanted

ItemId = Annotated[str, typer.Argument(help="隔离编号，见 zhitui quarantine list", metavar="ID")]
ItemIds = Annotated[list[str] | None, typer.Argument(help="隔离编号，可以多个", metavar="[ID…]")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON Lines 输出")]

_OPTIONS = {
    "reason": text_option("--reason", "只要这个原因代码", "CODE"),
    "kind": text_option("--class", "只要这一类原因，如 value、archive、source", "CLASS"),
    "source": text_option("--source", "只要这个来源的", "NAME"),
    "name": text_option("--name", "只要这个文件的", "FILE"),
    "since": moment_option("--since", "最近一次出现在这时或以后"),
    "before": moment_option("--before", "最近一次出现在这时以前"),
}
"""Field of `Selection` → option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(Selected):
    """What the options say; ``None`` where one is not given."""

    reason: str | None = None
    kind: str | None = None
    source: str | None = None
    name: str | None = None

    def wanted(self, settings: "Settings", *, waiting: bool | None) -> "Wanted":
        """Return what is asked for; days are those of the installation's time zone.

        Raises:
            InvalidInputError: there is no such class of reasons.
        """
        from services.ingest.reasons import codes_of
        from shared.store.quarantined import Wanted

        codes = None if self.kind is None else codes_of(self.kind)
        if self.reason is not None:
            codes = (self.reason,) if codes is None or self.reason in codes else ()
        since, before = self.span(settings)
        return Wanted(
            source=self.source, name=self.name, reason_codes=codes, since=since, before=before, waiting=waiting
        )


by_options = selecting(Selection, _OPTIONS)
"""Gives a command the options, and hands it the `Selection` that they make."""


def refuse_both(item_ids: list[str] | None, selection: Selection, *, everything: bool) -> None:
    """Refuse ids together with options: nobody could tell whether one or the other is meant.

    Raises:
        typer.BadParameter: both are given.
    """
    if item_ids and (everything or not selection.is_everything):
        raise typer.BadParameter("隔离编号和筛选选项只能用一种；请去掉其中一种。")


async def load(around: "Surroundings", item_id: str) -> "QuarantineItem":
    """Return an item.

    Raises:
        NotFoundError: there is none.
    """
    from shared.errors import NotFoundError

    item = await around.store.quarantine.get(item_id)
    if item is None:
        raise NotFoundError(f"隔离区里没有 {item_id}；用 zhitui quarantine list 查看编号。")
    return item


async def chosen(
    around: "Surroundings", item_ids: list[str], wanted: "Wanted", *, newest_first: bool = False
) -> "AsyncIterator[QuarantineItem]":
    """Yield the items of these ids, or where there are none what is wanted.

    Raises:
        NotFoundError: there is no item of an id.
    """
    for item_id in item_ids:
        yield await load(around, item_id)
    if not item_ids:
        async for batch in around.store.quarantine.walk(wanted, newest_first=newest_first):
            for item in batch:
                yield item
