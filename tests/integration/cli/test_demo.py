"""``zhitui demo``, in this process."""

from pathlib import Path

from typer.testing import CliRunner

from services.cli.app import app


def test_the_command_ends_with_0_and_leaves_the_page_where_it_is_told_to(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "shown")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "shown/index.html").exists()
