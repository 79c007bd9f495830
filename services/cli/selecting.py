"""Options that say which of many things a command is about: all commands of a group take the same ones."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from shared.settings import Settings

Command = Callable[..., None]

_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


def text_option(option: str, meaning: str, metavar: str) -> Any:  # noqa: ANN401 - an annotation
    """Return an option that takes a text."""
    return Annotated[str | None, typer.Option(option, help=meaning, metavar=metavar)]


def moment_option(option: str, meaning: str) -> Any:  # noqa: ANN401 - an annotation
    """Return an option that takes a day or a moment."""
    return Annotated[datetime | None, typer.Option(option, help=meaning, formats=_DAYS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What the options of a command say; ``None`` where one is not given.

    Those that every group of commands has are here; what else a group is asked by, its own class adds.
    """

    since: datetime | None = None
    before: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether no option is given."""
        return self == type(self)()

    def span(self, settings: "Settings") -> tuple[datetime | None, datetime | None]:
        """Return from when and until when, aware: days are those of the installation's time zone."""
        since, before = (None if at is None else at.replace(tzinfo=settings.zone) for at in (self.since, self.before))
        return since, before


def selecting(make: Callable[..., Selected], options: Mapping[str, Any]) -> Callable[[Command], Command]:
    """Return a decorator that gives a command options, and hands it as ``selection`` what they make.

    Args:
        make: makes the selection from the values of the options.
        options: argument of ``make`` → annotation for typer.
    """
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in options.items()
    ]

    def decorate(command: Command) -> Command:
        own = inspect.signature(command)
        parameters = [parameter for name, parameter in own.parameters.items() if name != "selection"]

        @functools.wraps(command)
        def selected(**given: Any) -> None:  # noqa: ANN401 - whatever the command takes
            selection = make(**{name: given.pop(name) for name in options})
            command(selection=selection, **given)

        signature = own.replace(parameters=sorted([*parameters, *added], key=lambda parameter: parameter.kind))
        selected.__signature__ = signature  # type: ignore[attr-defined]
        selected.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
        return selected

    return decorate
