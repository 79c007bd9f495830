"""``zhitui match``: with a kept index, on several processes, with files that are wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import msgspec
import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.matcher import offline, spill
from services.matcher.engine import engine
from services.matcher.engine.oracle import evaluate
from services.matcher.rings import Ring, Rings
from services.matcher.rings.files import RINGS, write_lines
from services.matcher.rings.rings import ACCEPTED_FILE
from tests.property.matcher.cases import Cases

CASES = Cases(Random(5), odd=0.0)
PROFILES = CASES.profiles(40)
PUBLICATIONS = CASES.publications(30)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    Path("p.jsonl").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in PROFILES))
    Path("f.jsonl").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in PUBLICATIONS))


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many profiles are compiled, each time."""
    noted: list[int] = []

    def noting(*arguments: object) -> object:
        index = engine.compile_profiles(*arguments)  # type: ignore[arg-type]
        noted.append(len(index.profiles.ids.starts) - 1)
        return index

    monkeypatch.setattr("services.matcher.offline.compile_profiles", noting)
    return noted


def match(*arguments: str, publications: str = "f.jsonl") -> Result:
    given = ("match", "--profiles", "p.jsonl", "--publications", publications, "--explain", *arguments)
    return CliRunner().invoke(app, given, catch_exceptions=False)


def test_what_is_written_is_what_the_oracle_says_byte_for_byte() -> None:
    specified = b""
    for publication in PUBLICATIONS:
        found = [held for one in PROFILES if (held := evaluate(one, publication, Rings.shipped()))]
        for told in sorted(found, key=lambda held: (-held.score, held.profile_id)):
            specified += msgspec.json.encode(told) + b"\n"
    run = match()
    assert run.exit_code == 0
    assert run.stdout_bytes == specified
    assert specified.count(b"\n") > 100


def test_a_second_run_opens_the_index_that_the_first_one_kept(compilations: list[int]) -> None:
    first = match("--index", "kept.index")
    second = match("--index", "kept.index")
    assert first.exit_code == second.exit_code == 0
    assert first.stdout_bytes == second.stdout_bytes == match().stdout_bytes
    assert compilations == [40, 40]


def test_another_process_opens_the_index_too() -> None:
    given = ("match", "--profiles", "p.jsonl", "--publications", "f.jsonl", "--explain", "--index", "kept.index")
    program = [sys.executable, "-c", "from services.cli.app import app; app()", *given]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    kept, written = set(), set()
    for _ in range(2):
        run = subprocess.run(program, capture_output=True, check=True, env=environment)
        kept.add(Path("kept.index").stat().st_ino)
        written.add(run.stdout)
    assert (len(kept), written) == (1, {match().stdout_bytes})


def test_a_profile_file_that_changed_is_compiled_anew(compilations: list[int]) -> None:
    match("--index", "kept.index")
    file = Path("p.jsonl")
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    assert match("--index", "kept.index").stdout_bytes == match().stdout_bytes
    match("--index", "kept.index")
    assert compilations == [40, 39, 39]


def test_a_change_that_leaves_the_length_as_it_was_is_seen(compilations: list[int]) -> None:
    match("--index", "kept.index")
    Path("p.jsonl").write_bytes(
        Path("p.jsonl").read_bytes().replace(PROFILES[3].id.encode(), b"y" * len(PROFILES[3].id.encode()), 1)
    )
    match("--index", "kept.index")
    assert compilations == [40, 40]


@pytest.mark.parametrize("raw", [b"", b"no index", b"ZHITUIX1"])
def test_a_damaged_index_is_made_anew(compilations: list[int], raw: bytes) -> None:
    Path("kept.index").write_bytes(raw)
    match("--index", "kept.index")
    match("--index", "kept.index")
    assert compilations == [40]


def test_accepted_rings_make_the_index_anew(compilations: list[int]) -> None:
    match("--index", "kept.index")
    Path("data").mkdir(exist_ok=True)
    write_lines(Path("data") / ACCEPTED_FILE, RINGS, [Ring(id="m-1", members=("某新词", "某旧词"))])
    match("--index", "kept.index")
    assert compilations == [40, 40]


@pytest.mark.parametrize("kept_bytes", [spill.KEPT_BYTES, 1 << 10])
@pytest.mark.parametrize("index", [(), ("--index", "kept.index")])
def test_two_workers_write_what_one_writes(
    monkeypatch: pytest.MonkeyPatch, index: tuple[str, ...], kept_bytes: int
) -> None:
    monkeypatch.setattr(offline, "CHUNK", 3)
    monkeypatch.setattr(spill, "KEPT_BYTES", kept_bytes)
    single, double = match(*index, "--summary", "1.json"), match(*index, "--workers", "2", "--summary", "2.json")
    assert single.exit_code == double.exit_code == 0
    assert single.stdout_bytes == double.stdout_bytes
    counts = ("profiles", "publications", "matches", "candidates")
    one, two = (json.loads(Path(file).read_bytes()) for file in ("1.json", "2.json"))
    assert [one[name] for name in counts] == [two[name] for name in counts]
    assert one["matches"] == single.stdout_bytes.count(b"\n")


def test_without_evidence_everything_else_is_the_same() -> None:
    given = ("match", "--profiles", "p.jsonl", "--publications", "f.jsonl")
    lean = [json.loads(line) for line in CliRunner().invoke(app, given).stdout_bytes.splitlines()]
    full = [json.loads(line) for line in match().stdout_bytes.splitlines()]
    assert lean == [{**one, "evidence": []} for one in full]


@pytest.mark.parametrize("index", [(), ("--index", "kept.index")])
def test_wrong_lines_and_doubled_ids_of_a_profile_file_are_all_said_and_nothing_is_kept(index: tuple[str, ...]) -> None:
    with Path("p.jsonl").open("ab") as file:
        file.write(msgspec.json.encode(PROFILES[4]) + b"\n{\n" + b'{"id": "neu"}\n')
    refused = match(*index)
    assert refused.exit_code == 2
    assert refused.stdout_bytes == b""
    assert f"p.jsonl 第 41 行：id“{PROFILES[4].id}”与第 5 行相同" in refused.stderr
    assert "p.jsonl 第 42 行：JSON 没有写完" in refused.stderr
    assert "p.jsonl 第 43 行：缺少必填的键“rules”" in refused.stderr
    assert not Path("kept.index").exists()


@pytest.mark.parametrize("index", [(), ("--index", "kept.index")])
def test_a_profile_file_that_is_not_there_is_said(index: tuple[str, ...]) -> None:
    Path("p.jsonl").unlink()
    refused = match(*index)
    assert refused.exit_code == 2
    assert "p.jsonl：无法读取" in refused.stderr


def test_an_index_that_cannot_be_kept_is_said() -> None:
    refused = match("--index", "none/kept.index")
    assert refused.exit_code == 2
    assert "none/kept.index" in refused.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_wrong_line_in_the_middle_of_the_publications_is_said_after_what_comes_before(
    monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    monkeypatch.setattr(offline, "CHUNK", 2)
    whole = match().stdout_bytes
    rows = Path("f.jsonl").read_bytes().splitlines(keepends=True)
    Path("bad.jsonl").write_bytes(b"\xef\xbb\xbf" + b"".join([*rows[:10], b"\n", b"{}\n", *rows[10:]]))
    refused = match("--workers", workers, publications="bad.jsonl")
    assert refused.exit_code == 2
    assert "bad.jsonl 第 12 行不是公开" in refused.stderr
    assert refused.stdout_bytes
    assert whole.startswith(refused.stdout_bytes)
