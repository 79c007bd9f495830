"""The README's five minutes, by its text alone: every block is run as it stands, each in a terminal of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.testing.found import publication_numbers
from tests.e2e.conftest import ROOT, environment
from tools.services import free_port


def blocks(readme: str) -> list[str]:
    """Return the shell blocks of the section with the first subscription: mailbox, Zhitui, commands."""
    text = (ROOT / readme).read_text("utf-8")
    found: list[str] = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(found) == 3
    return found


class Terminal:
    """A shell that runs a block and keeps what it prints."""

    def __init__(self, block: str, folder: Path, variables: dict[str, str]) -> None:
        self.printed = ""
        self.process = subprocess.Popen(
            ["bash", "-euc", block],
            cwd=folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line

    def wait_for(self, said: str, timeout_seconds: float) -> float:
        began = time.monotonic()
        while said not in self.printed:
            assert self.process.poll() is None or said in self.printed, self.printed
            assert time.monotonic() - began < timeout_seconds, f"no {said!r} in:\n{self.printed}"
            time.sleep(0.05)
        return time.monotonic() - began

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._reading.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def terminal(block: str, folder: Path, variables: dict[str, str]) -> Iterator[Terminal]:
    opened = Terminal(block, folder, variables)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like the checkout after ``make setup``, with nothing in it yet."""
    folder = tmp_path / "zhitui"
    folder.mkdir()
    (folder / "samples").symlink_to(ROOT / "samples")
    environment_folder = folder / ".venv/bin"
    environment_folder.mkdir(parents=True)
    # The environment that runs the tests, under the name that the README uses.
    (environment_folder / "activate").write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n', "utf-8")
    return folder


def test_both_languages_give_the_same_commands() -> None:
    assert blocks("README.zh-CN.md") == blocks("README.md")


def test_the_five_minutes_end_with_the_first_alert(checkout: Path, tmp_path: Path) -> None:
    if not Path(sys.executable).with_name("zhitui").exists():
        pytest.skip("zhitui is not installed into this environment; run make setup")
    port = str(free_port())
    mailbox_block, zhitui_block, commands = (block.replace("8025", port) for block in blocks("README.md"))
    variables = environment(tmp_path, ZHITUI_HTTP_PORT=str(free_port()))
    with terminal(mailbox_block, checkout, variables) as mailbox:
        mailbox.wait_for("等待邮件", 60)
        with terminal(zhitui_block, checkout, variables) as zhitui:
            zhitui.wait_for("已就绪", 60)
            done = subprocess.run(
                ["bash", "-euc", commands],
                cwd=checkout,
                env=variables,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            mailbox.wait_for("原件：", 60)
    assert "件新公开专利" in mailbox.printed
    assert len(set(publication_numbers(mailbox.printed))) >= 10
    assert list(checkout.glob("inbox/*.eml"))
