"""Writes ``zhitui.example.toml`` anew from the settings' own names, defaults and meanings."""

from pathlib import Path

from shared.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[1] / "zhitui.example.toml"
HEAD = """\
# Copy to zhitui.toml in the folder that zhitui is started in, and uncomment what differs from the defaults shown.
# Every name is also an environment variable (smtp_host: ZHITUI_SMTP_HOST), which wins over this file; as ZHITUI_…_FILE it names
# a file that holds the value, which is how secrets should come in.
"""


def example() -> str:
    """Return the file's text: three lines a setting, everything commented out."""
    return HEAD + "".join(
        f"\n# {field.description}\n# {name} = {_written(field.default)}\n"
        for name, field in Settings.model_fields.items()
    )


def _written(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return str(default) if isinstance(default, int | float) else f'"{default if default is not None else ""}"'


if __name__ == "__main__":
    EXAMPLE.write_text(example(), "utf-8")
