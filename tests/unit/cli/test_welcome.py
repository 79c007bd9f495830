"""What a starting process says."""

from pathlib import Path

import pytest

from services.cli.welcome import tell_listening, tell_ready
from shared.settings import load_settings


def test_a_role_without_pages_tells_where_its_health_is(capsys: pytest.CaptureFixture[str]) -> None:
    tell_listening("http://127.0.0.1:1", load_settings(data_dir=Path("/nowhere")), ["matcher"])
    told = capsys.readouterr().err
    assert "http://127.0.0.1:1/healthz" in told
    assert "控制台" not in told
    assert "监视文件夹" not in told


def test_what_is_missing_is_told_one_thing_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell_ready(["没有邮件服务器"], first_steps=True)
    assert capsys.readouterr().err == "还没有就绪：\n  - 没有邮件服务器\n"


def test_first_steps_are_for_those_who_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    tell_ready([], first_steps=False)
    assert capsys.readouterr().err == "已就绪。按 Ctrl-C 停止。\n"
