"""Which deliveries a command is about: options that all of its commands take."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.selecting import Selected, moment_option, selecting, text_option
from shared.store.records import DeliveryState
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from shared.settings import Settings
    from shared.store.records import WantedDeliveries

_OPTIONS: dict[str, Any] = {
    "state": Annotated[DeliveryState | None, typer.Option(help="只要这个状态的。")],
    "channel": Annotated[Channel | None, typer.Option(help="只要这个渠道的。")],
    "destination": text_option("--destination", "只要这个目的地的。", "ID"),
    "subscription": text_option("--subscription", "只要这个订阅的。", "ID"),
    "since": moment_option("--since", "只要这时或以后生成的。"),
    "before": moment_option("--before", "只要这时以前生成的。"),
}
"""Field of `Selection` → option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection(Selected):
    """What the options say; ``None`` where one is not given."""

    state: DeliveryState | None = None
    channel: Channel | None = None
    destination: str | None = None
    subscription: str | None = None

    def wanted(self, settings: "Settings", *, state: DeliveryState | None = None) -> "WantedDeliveries":
        """Return what is asked for, of this state where none is given; days are those of the installation's time zone."""
        from shared.store.records import WantedDeliveries

        since, before = self.span(settings)
        return WantedDeliveries(
            state=self.state or state,
            channel=self.channel,
            destination_id=self.destination,
            subscription_id=self.subscription,
            since=since,
            before=before,
        )


by_options = selecting(Selection, _OPTIONS)
"""Gives a command the options, and hands it the `Selection` that they make."""
