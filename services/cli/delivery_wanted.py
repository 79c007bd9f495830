"""Which deliveries a command is about: options that all of its commands take."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.store.records import DeliveryState
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from shared.settings import Settings
    from shared.store.records import WantedDeliveries

_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]

_OPTIONS: dict[str, Any] = {
    "state": Annotated[DeliveryState | None, typer.Option(help="只要这个状态的。")],
    "channel": Annotated[Channel | None, typer.Option(help="只要这个渠道的。")],
    "destination": Annotated[str | None, typer.Option(help="只要这个目的地的。", metavar="ID")],
    "subscription": Annotated[str | None, typer.Option(help="只要这个订阅的。", metavar="ID")],
    "since": Annotated[datetime | None, typer.Option(help="只要这时或以后生成的。", formats=_DAYS)],
    "before": Annotated[datetime | None, typer.Option(help="只要这时以前生成的。", formats=_DAYS)],
}
"""Field of `Selection` → option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the options say; ``None`` where one is not given."""

    state: DeliveryState | None = None
    channel: Channel | None = None
    destination: str | None = None
    subscription: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether no option is given."""
        return self == Selection()

    def wanted(self, settings: "Settings", *, state: DeliveryState | None = None) -> "WantedDeliveries":
        """Return what is asked for, of this state where none is given; days are those of the installation's time zone."""
        from shared.store.records import WantedDeliveries

        since, before = (None if at is None else at.replace(tzinfo=settings.zone) for at in (self.since, self.before))
        return WantedDeliveries(
            state=self.state or state,
            channel=self.channel,
            destination_id=self.destination,
            subscription_id=self.subscription,
            since=since,
            before=before,
        )


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, and hand it the `Selection` that they make."""
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
