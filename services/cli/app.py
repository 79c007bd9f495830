"""The ``zhitui`` command: a list of modules, each of which adds its commands.

A command module imports what is heavy inside its functions, so that ``zhitui --help`` and the start stay quick.
"""

import sys
from typing import Annotated

import typer

from services.cli import (
    account,
    audit,
    backtest,
    backup,
    bench,
    dead_letter,
    delivery,
    demo,
    destination,
    doctor,
    field,
    ingest,
    mapping,
    match,
    migrate,
    parse,
    profile,
    publication,
    quarantine,
    secrets,
    source,
    store,
    subscription,
    terms,
    topics,
    up,
    wecom,
)
from services.cli.help_page import EPILOG, HELP, arrange
from shared.errors import ZhituiError

app = typer.Typer(
    name="zhitui",
    help=HELP,
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"zhitui {version('zhitui')}")
        raise typer.Exit


@app.callback()
def _zhitui(
    _version_asked: Annotated[
        bool,
        typer.Option("--version", help="显示版本。", is_eager=True, callback=lambda asked: _version(asked=asked)),
    ] = False,
) -> None:
    """Keep the sub-command form even with a single command."""


demo.register(app)
parse.register(app)
ingest.register(app)
mapping.register(app)
source.register(app)
quarantine.register(app)
dead_letter.register(app)
up.register(app)
doctor.register(app)
profile.register(app)
match.register(app)
backtest.register(app)
publication.register(app)
terms.register(app)
field.register(app)
destination.register(app)
subscription.register(app)
delivery.register(app)
bench.register(app)
topics.register(app)
store.register(app)
backup.register(app)
secrets.register(app)
migrate.register(app)
account.register(app)
audit.register(app)
wecom.register(app)
arrange(app)


def main() -> None:
    """Run the command line; an expected error is one clear line and exit status 1."""
    try:
        app()
    except ZhituiError as error:
        sys.stderr.write(f"错误：{error}\n")
        sys.exit(1)
