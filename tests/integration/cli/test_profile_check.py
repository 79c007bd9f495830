"""``zhitui profile check``, with and without stored publications."""

import json
from pathlib import Path

import msgspec
import pytest

from services.cli import profile_health
from shared.wire.profile import Profile, Rule
from tests.integration.cli.commands import zhitui

pytestmark = pytest.mark.usefixtures("own_folder")


SAMPLES = Path(__file__).resolve().parents[3] / "samples"

SOUND = Profile(id="sound", name="钙钛矿电池", rules=(Rule(groups=(("钙钛矿",), ("太阳能电池",))),))
BROKEN = Profile(id="broken", rules=(Rule(groups=(("电池",), ("隔膜",)), none=("隔膜",), ipc=("H01X*",)),))
ODD = Profile(id="odd", rules=(Rule(groups=(("固态电驰",),)),))


def written(*profiles: Profile) -> str:
    Path("profiles.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, profiles)))
    return "profiles.jsonl"


def test_findings_stand_under_their_profile_with_what_to_do() -> None:
    result = zhitui("profile", "check", written(SOUND, ODD))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("sound 钙钛矿电池：按词频估计，每周约 ")
    assert lines[1].startswith("odd：按词频估计")
    assert lines[2].startswith("  提醒  第 1 条规则第 1 组：公开文献里没见过“固态电驰”")
    assert "检查了 2 个订阅画像：0 处错误，1 处提醒，0 处提示。" in result.stderr


def test_an_error_ends_with_status_1_and_an_unreadable_file_with_2() -> None:
    assert zhitui("profile", "check", written(BROKEN)).exit_code == 1
    Path("bad.jsonl").write_text("{")
    assert zhitui("profile", "check", "bad.jsonl").exit_code == 2


def test_json_has_one_object_a_profile_with_its_findings_in_codes_and_numbers() -> None:
    result = zhitui("profile", "check", "--json", written(SOUND, BROKEN))
    sound, broken = map(json.loads, result.stdout.splitlines())
    assert (sound["profile_id"], sound["basis"], sound["findings"]) == ("sound", "statistics", [])
    assert [(found["code"], found["severity"]) for found in broken["findings"]] == [
        ("excluded-group", "error"),
        ("unknown-ipc", "error"),
    ]
    assert broken["findings"][0]["group"] == 1


def test_checking_makes_no_data_folder() -> None:
    zhitui("profile", "check", written(SOUND))
    assert not Path("data").exists()


def test_a_smaller_stream_brings_fewer_alerts() -> None:
    whole, half = (
        json.loads(zhitui("profile", "check", "--json", *options, written(SOUND)).stdout)["alerts_a_week"]
        for options in (("--per-week", "60000"), ("--per-week", "30000"))
    )
    assert half == pytest.approx(whole / 2, rel=0.01)


def test_stored_publications_are_matched_and_told_by_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.matcher.health.measured.ENOUGH", 1)
    monkeypatch.setattr(profile_health, "PROGRESS_SECONDS", 0.0)
    assert zhitui("ingest", str(SAMPLES / "gazette")).exit_code == 0
    profiles = str(SAMPLES / "profiles.jsonl")
    row = json.loads(zhitui("profile", "check", "--json", profiles).stdout.splitlines()[0])
    assert row["basis"] == "stored"
    assert list(row["weeks"].values()) == [row["alerts_a_week"]]
    result = zhitui("profile", "check", profiles)
    assert "最近几周（周一起）：2019-07-08 " in result.stdout
    assert "件已入库的公开回测（共 " in result.stderr
    assert '"statistics"' in zhitui("profile", "check", "--json", "--no-stored", profiles).stdout
    later = zhitui("profile", "check", "--json", "--since", "2030-01-01", profiles).stdout
    assert '"statistics"' in later


def test_adding_tells_warnings_keeps_hints_and_refuses_errors() -> None:
    added = zhitui("profile", "add", written(ODD))
    assert added.exit_code == 0
    assert "odd：提醒，第 1 条规则第 1 组：公开文献里没见过“固态电驰”" in added.stderr
    refused = zhitui("profile", "add", written(SOUND, BROKEN))
    assert refused.exit_code == 1
    assert "一个也没有保存" in refused.stderr
    assert "sound" not in zhitui("profile", "list").stdout


def test_very_many_profiles_are_only_checked_for_errors_before_they_are_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_health, "MANY", 1)
    added = zhitui("profile", "add", written(SOUND, ODD))
    assert added.exit_code == 0
    assert "只检查错误" in added.stderr
    assert "没见过" not in added.stderr
    assert zhitui("profile", "add", written(SOUND, BROKEN)).exit_code == 1
