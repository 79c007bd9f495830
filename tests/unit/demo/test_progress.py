import pytest

from services.demo.progress import shown_progress
from services.demo.stages import Stages
from shared.metrics import Metrics


def moved() -> Stages:
    metrics = Metrics()
    metrics.ingest_records.labels("accepted").inc(63)
    stages = Stages(metrics)
    stages.look()
    return stages


def test_without_a_terminal_progress_is_plain_lines_and_not_too_many(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress() as tell:
        for _ in range(5):
            tell(moved())
    assert capsys.readouterr().err == "  读取 63 条记录  匹配 0 件公开  推送 0 条消息\n"


def test_on_a_terminal_progress_moves(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with shown_progress() as tell:
        tell(moved())
    assert "63 条记录" in capsys.readouterr().err
