"""``zhitui demo`` as somebody new meets it."""

import signal
import subprocess
import time
from pathlib import Path

from shared.testing.found import publication_numbers
from tests.e2e.conftest import ZHITUI, DemoRun, environment

SECTIONS = ("读取", "接受", "未变", "更正", "隔离", "命中", "推送 邮件", "推送 企业微信", "总用时")


def test_the_demo_ends_well_with_one_table_whatever_the_users_own_settings_are(demo: DemoRun) -> None:
    assert demo.status == 0, demo.progress
    assert [name for name in SECTIONS if name not in demo.told] == []


def test_the_demo_shows_that_it_works_and_where_to_look(demo: DemoRun) -> None:
    assert "条记录" in demo.progress
    assert "demo-out/index.html" in demo.progress
    assert "Warning" not in demo.progress


def test_the_demo_leaves_mails_in_three_forms_and_a_page(demo: DemoRun) -> None:
    mails = demo.out / "mails"
    stems = {path.stem for path in mails.iterdir()}
    assert len(stems) >= 4
    assert {path.name for path in mails.iterdir()} == {f"{s}.{e}" for s in stems for e in ("html", "txt", "eml")}
    page = (demo.out / "index.html").read_text("utf-8")
    assert page.count("<iframe") == len(stems)
    assert page.count('class="bubble"') >= 2
    assert len(set(publication_numbers(page))) >= 150


def test_the_demo_leaves_nothing_behind_but_its_folder(demo: DemoRun) -> None:
    assert list(demo.temporary.iterdir()) == []


def test_ctrl_c_stops_the_demo_soon_without_a_traceback_and_says_that_it_is_incomplete(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [*ZHITUI, "demo"], cwd=tmp_path, env=environment(temporary), stderr=subprocess.PIPE, text=True
    ) as running:
        deadline = time.monotonic() + 20
        while not list(temporary.glob("zhitui-demo-*/zhitui.db")) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.3)
        running.send_signal(signal.SIGINT)
        _, progress = running.communicate(timeout=20)
    assert running.returncode not in (None, 0)
    assert "Traceback" not in progress
    assert list(temporary.iterdir()) == []
