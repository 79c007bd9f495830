"""The ``zhitui`` command: a list of modules, each of which adds its commands.

A command module imports what is heavy inside its functions, so that ``zhitui --help`` and the start stay quick.
"""

import sys

import typer

from services.cli import up
from shared.errors import ZhituiError

app = typer.Typer(
    name="zhitui",
    help="知推：把新公开的专利，按关键词订阅，推送到邮箱和企业微信。先试试：zhitui demo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _zhitui() -> None:
    """Keep the sub-command form even with a single command."""


up.register(app)


def main() -> None:
    """Run the command line; an expected error is one clear line and exit status 1."""
    try:
        app()
    except ZhituiError as error:
        sys.stderr.write(f"错误：{error}\n")
        sys.exit(1)
