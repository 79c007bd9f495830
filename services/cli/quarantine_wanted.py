"""Which quarantined items a command is about: ids, or options that all of its commands take."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.runtime.role import Surroundings
    from shared.settings import Settings
    from shared.store.quarantined import Wanted
    from shared.store.records import QuarantineItem

_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

ItemId = Annotated[str, typer.Argument(help="隔离编号，见 zhitui quarantine list", metavar="ID")]
ItemIds = Annotated[list[str] | None, typer.Argument(help="隔离编号，可以多个", metavar="[ID…]")]
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON Lines 输出")]


def _text(option: str, meaning: str, metavar: str) -> Any:  # noqa: ANN401 - an annotation
    return Annotated[str | None, typer.Option(option, help=meaning, metavar=metavar)]


def _moment(option: str, meaning: str) -> Any:  # noqa: ANN401 - an annotation
    return Annotated[datetime | None, typer.Option(option, help=meaning, formats=_DAYS)]


_OPTIONS = {
    "reason": _text("--reason", "只要这个原因代码", "CODE"),
    "kind": _text("--class", "只要这一类原因，如 value、archive、source", "CLASS"),
    "source": _text("--source", "只要这个来源的", "NAME"),
    "name": _text("--name", "只要这个文件的", "FILE"),
    "since": _moment("--since", "最近一次出现在这时或以后"),
    "before": _moment("--before", "最近一次出现在这时以前"),
}
"""Field of `Selection` → option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the options say; ``None`` where one is not given."""

    reason: str | None = None
    kind: str | None = None
    source: str | None = None
    name: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether no option is given."""
        return self == Selection()

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
        since, before = (None if at is None else at.replace(tzinfo=settings.zone) for at in (self.since, self.before))
        return Wanted(
            source=self.source, name=self.name, reason_codes=codes, since=since, before=before, waiting=waiting
        )


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, and hand it the `Selection` that they make before its own arguments."""
    own = inspect.signature(command)
    parameters = [parameter for name, parameter in own.parameters.items() if name != "selection"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in _OPTIONS.items()
    ]

    @functools.wraps(command)
    def selected(**given: Any) -> None:  # noqa: ANN401 - whatever the command takes
        selection = Selection(**{name: given.pop(name) for name in _OPTIONS})
        command(selection=selection, **given)

    signature = own.replace(parameters=sorted([*parameters, *added], key=lambda parameter: parameter.kind))
    selected.__signature__ = signature  # type: ignore[attr-defined]
    selected.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
    return selected


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
