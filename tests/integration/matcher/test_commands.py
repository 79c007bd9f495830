import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.cli.profile_files import read_profiles
from services.cli.session import in_session
from shared.profile_edits import forget, save
from shared.runtime.role import Surroundings
from shared.store.records import PublicationVersion
from shared.wire.publication import Publication
from tests.integration.matcher.made import open_surroundings, running, see, told, worked_off

GOOD: dict[str, object] = {
    "id": "a",
    "name": "电池",
    "rules": [{"groups": [["电池"], ["隔膜", "电解质"]], "ipc": ["H01M*"], "none": ["铅酸"]}],
}
PLAIN: dict[str, object] = {"id": "b", "rules": [{"groups": [["电池"]]}]}
PUBLICATIONS: list[dict[str, object]] = [
    {
        "publication_number": "CN1A",
        "kind": "A",
        "title": "一种电池隔膜",
        "ipc": ["H01M10/05"],
        "published_on": "2026-01-06",
    },
    {"publication_number": "CN2A", "kind": "A", "title": "一种电机"},
    {"publication_number": "CN3A", "kind": "A", "title": "一种电池", "published_on": "2026-01-14"},
]


@pytest.fixture(autouse=True)
def _data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


def lines(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


@pytest.fixture
def profiles(tmp_path: Path) -> str:
    return lines(tmp_path / "p.jsonl", [GOOD, PLAIN])


@pytest.fixture
def publications(tmp_path: Path) -> str:
    return lines(tmp_path / "f.jsonl", PUBLICATIONS)


def zhitui(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_profiles_are_added_listed_shown_and_removed(profiles: str) -> None:
    added = zhitui("profile", "add", profiles)
    assert (added.exit_code, added.stdout.split()) == (0, ["a", "b"])
    listed = zhitui("profile", "list").stdout
    assert "电池 且 （隔膜 或 电解质） 且 IPC H01M* 且 不含 铅酸" in listed
    assert [json.loads(line)["id"] for line in zhitui("profile", "list", "--json").stdout.splitlines()] == ["a", "b"]
    assert json.loads(zhitui("profile", "show", "a", "--json").stdout)["name"] == "电池"
    assert '"name": "电池"' in zhitui("profile", "show", "a").stdout
    assert zhitui("profile", "remove", "a").exit_code == 0
    assert zhitui("profile", "list", "--json").stdout.count("\n") == 1
    for command in ("show", "remove"):
        assert "没有 id 为“a”" in str(zhitui("profile", command, "a").exception)


def test_one_bad_line_and_nothing_is_added(tmp_path: Path) -> None:
    file = lines(tmp_path / "bad.jsonl", [GOOD, {"id": "c"}])
    refused = zhitui("profile", "add", file)
    assert refused.exit_code == 2
    assert "第 2 行：缺少必填的键“rules”" in refused.stderr
    assert "还没有订阅画像" in zhitui("profile", "list").stdout


def test_a_profile_that_can_never_hold_is_refused_with_all_others_of_its_file(tmp_path: Path) -> None:
    never: dict[str, object] = {"id": "never", "rules": [{"groups": [["电池"]], "ipc": ["ZZ"]}]}
    refused = zhitui("profile", "add", lines(tmp_path / "never.jsonl", [GOOD, never]))
    assert refused.exit_code == 1
    assert "never：错误" in refused.stderr
    assert "还没有订阅画像" in zhitui("profile", "list").stdout


def test_one_profile_may_be_written_over_several_lines(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(GOOD, ensure_ascii=False, indent=2), "utf-8")
    assert zhitui("profile", "add", str(file)).stdout == "a\n"


async def test_what_was_added_is_in_force_and_what_was_removed_is_not(tmp_path: Path, profiles: str) -> None:
    async with open_surroundings(tmp_path / "data") as around, running(around) as role:
        await save(around, read_profiles(Path(profiles)))
        await see(around, "一号电池")
        await worked_off(role)
        assert await forget(around, "b")
        assert not await forget(around, "b")
        await see(around, "二号电池")
        await worked_off(role)
        assert await told(around) == {"一号电池": ["b"]}


def test_check_says_what_is_doubtful_and_fails_on_what_can_never_hold(tmp_path: Path, profiles: str) -> None:
    sound = zhitui("profile", "check", profiles)
    assert sound.exit_code == 0
    assert "错误" not in sound.stdout
    never: dict[str, object] = {"id": "c", "rules": [{"groups": [["电池"]], "none": ["电池"]}]}
    bad = zhitui("profile", "check", lines(tmp_path / "never.jsonl", [never]))
    assert bad.exit_code == 1
    assert "错误  第 1 条规则" in bad.stdout
    assert zhitui("profile", "check", str(tmp_path / "none.jsonl")).exit_code == 2


def test_matching_a_file_is_the_same_with_any_number_of_workers(
    tmp_path: Path, profiles: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matcher.offline.CHUNK", 2)
    many = [{**one, "publication_number": f"CN{n}A"} for n, one in enumerate(PUBLICATIONS * 10)]
    arguments = ("match", "--profiles", profiles, "--publications", lines(tmp_path / "many.jsonl", many), "--explain")
    single = zhitui(*arguments, "--summary", str(tmp_path / "s.json"))
    double = zhitui(*arguments, "--workers", "2")
    assert single.exit_code == double.exit_code == 0
    assert single.stdout == double.stdout
    found = [json.loads(line) for line in single.stdout.splitlines()]
    assert [(match["publication_number"], match["profile_id"]) for match in found][:3] == [
        ("CN0A", "a"),
        ("CN0A", "b"),
        ("CN2A", "b"),
    ]
    assert {hit["kind"] for hit in found[0]["evidence"]} == {"word", "ipc"}
    summary = json.loads((tmp_path / "s.json").read_text())
    assert {name: summary[name] for name in ("profiles", "publications", "matches", "candidates")} == {
        "profiles": 2,
        "publications": 30,
        "matches": 30,
        "candidates": 30,
    }
    assert summary["peak_rss_bytes"] > 10_000_000
    assert summary["match_cpu_seconds"] > 0
    assert summary["load_seconds"] > 0


def test_without_explain_there_is_no_evidence(profiles: str, publications: str) -> None:
    run = zhitui("match", "--profiles", profiles, "--publications", publications)
    assert all(json.loads(line)["evidence"] == [] for line in run.stdout.splitlines())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_file_that_cannot_be_read_is_said_with_its_line(tmp_path: Path, profiles: str, workers: str) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('\n{"publication_number": "CN1A"}\n')
    refused = zhitui("match", "--profiles", profiles, "--publications", str(bad), "--workers", workers)
    assert refused.exit_code == 2
    assert "第 2 行不是公开" in refused.stderr
    missing = zhitui("match", "--profiles", profiles, "--publications", str(tmp_path / "none"), "--workers", workers)
    assert missing.exit_code == 2
    assert zhitui("match", "--profiles", str(bad), "--publications", str(bad)).exit_code == 2


def test_a_backtest_tells_what_stored_publications_would_have_brought(profiles: str) -> None:
    async def store(around: Surroundings) -> None:
        now = datetime(2026, 1, 20, tzinfo=UTC)
        stored = [
            PublicationVersion(publication=one, content_hash=one.publication_number, accepted_at=now)
            for one in (_publication(row) for row in PUBLICATIONS)
        ]
        await around.store.publications.save(stored)

    in_session(store)
    whole = zhitui("backtest", "--profiles", profiles)
    assert whole.exit_code == 0
    assert [json.loads(line)["publication_number"] for line in whole.stdout.splitlines()] == ["CN1A", "CN1A", "CN3A"]
    assert "b ：共 2 件；2026-01-05 起一周 1 件，2026-01-12 起一周 1 件" in whole.stderr
    late = zhitui("backtest", "--profiles", profiles, "--since", "2026-01-10")
    assert [json.loads(line)["publication_number"] for line in late.stdout.splitlines()] == ["CN3A"]
    assert "a 电池：共 0 件；没有匹配" in late.stderr


def _publication(row: object) -> Publication:
    return msgspec.convert(row, Publication)
