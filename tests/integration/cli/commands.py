"""Commands as people give them, and what they answer."""

import json

from typer.testing import CliRunner, Result

from services.cli.app import app
from shared.errors import NotFoundError, ZhituiError


def zhitui(*arguments: str) -> Result:
    """Give a command."""
    return CliRunner().invoke(app, arguments)


def works(*arguments: str) -> Result:
    """Give a command that succeeds."""
    result = zhitui(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def refused(*arguments: str, error: type[ZhituiError] = NotFoundError) -> str:
    """Give a command that fails with this error; return its sentence."""
    result = zhitui(*arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, error), result.output
    return str(result.exception)


def rows(*arguments: str) -> list[dict[str, object]]:
    """Give a command that succeeds; return its JSON Lines."""
    return [json.loads(line) for line in works(*arguments, "--json").stdout.splitlines()]
