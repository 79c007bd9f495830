import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli import commands
from tests.integration.ingest.made import row, table


def zhitui(folder: Path, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ZHITUI_DATA_DIR": str(folder / "data"), "ZHITUI_LOG_FORMAT": "json", **variables}
    command = [sys.executable, "-m", "services", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)


def test_parse_writes_publications_rejects_and_a_summary_and_needs_no_data_folder(tmp_path: Path) -> None:
    path = tmp_path / "gazette.csv"
    path.write_text(table(row(), row(), row(name="全固态电池"), row("")), "gb18030")
    done = zhitui(tmp_path, "parse", path, "--rejects", tmp_path / "r.jsonl", "--summary", tmp_path / "s.json")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == ["一种固态电池", "全固态电池"]
    counts = json.loads((tmp_path / "s.json").read_text("utf-8"))
    assert counts == {"read": 4, "accepted": 1, "unchanged": 1, "corrected": 1, "rejected": 1}
    (refused,) = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()]
    assert (refused["reason_code"], refused["location"]) == ("no-number", "line 5")
    assert "一种固态电池" in refused["raw"]
    assert "读取 4 条" in done.stderr
    assert not (tmp_path / "data").exists()


def test_parse_writes_nothing_but_publications_to_its_output_even_when_something_is_logged(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text(table(row()), "gb18030")
    (folder / "left-out.xsd").write_text("<schema/>")
    done = zhitui(tmp_path, "parse", folder)
    assert [json.loads(line)["publication_number"] for line in done.stdout.splitlines()] == ["CN110007813A"]


def test_parse_says_with_its_status_that_nothing_was_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("<html>", "utf-8")
    done = zhitui(tmp_path, "parse", tmp_path / "a.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "网页" in done.stderr


def test_parse_reads_its_own_output(tmp_path: Path) -> None:
    path = tmp_path / "gazette.csv"
    path.write_text(table(row()), "gb18030")
    first = zhitui(tmp_path, "parse", path).stdout
    (tmp_path / "again.jsonl").write_text(first, "utf-8")
    assert zhitui(tmp_path, "parse", tmp_path / "again.jsonl").stdout == first


def test_ingest_and_quarantine_go_from_file_to_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "gazette.csv"
    path.write_text(table(row(), row("CN1A")), "gb18030")
    done = zhitui(tmp_path, "ingest", path, "--json")
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert (run["read"], run["accepted"], run["rejected"]) == (2, 1, 1)

    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    (item,) = commands.rows("quarantine", "list")
    assert item["reason_code"] == "bad-number"
    shown = commands.works("quarantine", "show", str(item["id"])).stdout
    assert "CN1A" in shown
    assert "line 3" in shown
    commands.works("quarantine", "export", str(item["id"]), "--out", str(tmp_path / "raw"))
    assert (tmp_path / "raw").read_bytes() == row("CN1A").encode("gb18030")
    assert commands.zhitui("quarantine", "replay", "--all").exit_code == 1
    assert zhitui(tmp_path, "quarantine", "show", "q-none").returncode == 1


def test_one_shot_commands_log_nothing_beside_their_tables_unless_a_level_is_set(tmp_path: Path) -> None:
    path = tmp_path / "gazette.csv"
    path.write_text(table(row(), row("CN1A")), "gb18030")
    assert "input_read" not in zhitui(tmp_path, "ingest", path).stderr
    assert "input_read" not in zhitui(tmp_path, "quarantine", "replay", "--all").stderr
    assert "input_read" in zhitui(tmp_path, "ingest", path, ZHITUI_LOG_LEVEL="info").stderr
