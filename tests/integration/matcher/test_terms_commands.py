"""``zhitui terms``: from a definition in a publication to a ring in force."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.cli.session import in_session
from services.matcher.rings import Rings, ring_set
from shared.errors import FutureSchemaError, InvalidInputError, NotFoundError
from shared.runtime.role import Surroundings
from shared.store.records import PublicationVersion
from shared.wire.publication import Publication

HEADER = '{"format":"zhitui-rings","version":1}\n'
ABSTRACTS = [
    "公开了一种形状记忆合金（SMA）线。",
    "涉及形状记忆合金（SMA）支架，表面[1]光滑。",
    "一种锂锰氧化物（LMO）正极。",
    "采用锂锰氧化物（LMO）。",
    "多个用户设备（UE）。",
    "向用户设备（UE）发送。",
    "一种发光二极管（LED）灯具。",
]
SMA, LMO, UE = "形状记忆合金 = SMA", "锂锰氧化物 = LMO", "用户设备 = UE"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "300")
    return tmp_path / "data"


def publications() -> list[Publication]:
    return [
        Publication(publication_number=f"CN{number}A", kind="A", title="一种产品", abstract=abstract)
        for number, abstract in enumerate(ABSTRACTS)
    ]


@pytest.fixture
def file(tmp_path: Path) -> str:
    rows = [
        {"publication_number": p.publication_number, "kind": "A", "title": p.title, "abstract": p.abstract}
        for p in publications()
    ]
    path = tmp_path / "publications.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return str(path)


def terms(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["terms", *arguments])


def mined(file: str) -> dict[str, str]:
    """Mine, and return members → id."""
    return {
        " = ".join(one["members"]): one["id"]
        for one in map(json.loads, terms("mine", file, "--json").stdout.splitlines())
    }


def test_mining_proposes_what_publications_say_and_no_ring_holds(file: str) -> None:
    run = terms("mine", file)
    assert run.exit_code == 0
    for part in (SMA, LMO, UE, "公开了一种【形状记忆合金】（【SMA】）线", "有冲突"):
        assert part in run.stdout
    assert "读了 7 件公开：3 个提议，另有 1 处说法已在词环里" in run.stderr
    assert terms("mine", file, "--min-count", "3", "--json").stdout == ""
    assert len(terms("list", "--proposed", "--json").stdout.splitlines()) == 3
    assert "等待决定" in terms("list", "SMA", "--proposed").stdout


def test_stored_publications_are_mined_without_a_file(file: str) -> None:
    async def store(around: Surroundings) -> None:
        now = datetime(2026, 1, 20, tzinfo=UTC)
        await around.store.publications.save(
            [
                PublicationVersion(publication=one, content_hash=one.publication_number, accepted_at=now)
                for one in publications()
            ]
        )

    in_session(store)
    from_store = terms("mine", "--json").stdout
    assert from_store == terms("mine", file, "--json").stdout
    assert from_store.count("\n") == 3


def test_an_accepted_ring_is_in_force_and_not_proposed_again(file: str, data: Path) -> None:
    accepted = terms("accept", mined(file)[SMA])
    assert accepted.exit_code == 0
    assert "收下 1 个" in accepted.stderr
    assert ring_set(data).synonyms_of("SMA") == ("形状记忆合金",)
    assert set(mined(file)) == {LMO, UE}
    listed = terms("list", "sma").stdout
    assert "收下" in listed
    assert "CN0A" in listed


def test_a_rejected_ring_is_not_proposed_again_and_an_accepted_one_is_taken_back(file: str, data: Path) -> None:
    ids = mined(file)
    terms("accept", ids[SMA])
    rejected = terms("reject", ids[SMA], ids[LMO], "--reason", "几种意思")
    assert rejected.exit_code == 0
    assert ring_set(data).fingerprint == Rings.shipped().fingerprint
    assert set(mined(file)) == {UE}
    assert terms("list", "--rejected").stdout.count("几种意思") == 2
    assert isinstance(terms("reject", "m-0").exception, NotFoundError)


def test_a_conflict_is_said_and_answered(file: str, data: Path) -> None:
    ids = mined(file)
    shown = terms("show", ids[LMO]).stdout
    assert "2 件公开，2 处" in shown
    assert "已在词环 H080" in shown
    refused = terms("accept", ids[SMA], ids[LMO])
    assert isinstance(refused.exception, InvalidInputError)
    assert not (data / "terms.jsonl").exists()
    joined = terms("accept", ids[LMO], "--into", "H080")
    assert "并入 H080" in joined.stdout
    assert "锰酸锂" in ring_set(data).synonyms_of("LMO")
    assert "没有冲突" in terms("show", ids[SMA]).stdout
    assert isinstance(terms("accept", ids[UE]).exception, InvalidInputError)
    assert terms("accept", ids[UE], "--reason", "通信里只有这个意思").exit_code == 0


def test_another_meaning_of_a_name_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    rows = [
        {"publication_number": f"CN{n}A", "kind": "A", "title": t}
        for n, t in enumerate(("形状记忆合金（SMA）线", "表面贴装适配器（SMA）座"))
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    found = json.loads(terms("mine", str(file), "--min-count", "1", "--json").stdout.splitlines()[0])
    assert "在别处还指" in terms("show", found["id"]).stdout


def test_a_file_of_ones_own_is_checked_and_accepted_whole(tmp_path: Path, data: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(HEADER + '{"id":"own-1","members":["某新词","某旧词"]}\n', "utf-8")
    assert "检查了 1 个词环，没有错误" in terms("check", str(own)).stderr
    assert not data.exists()
    assert terms("accept", "--file", str(own)).exit_code == 0
    assert ring_set(data).synonyms_of("某旧词") == ("某新词",)
    assert terms("check", str(own)).exit_code == 0
    assert terms("check", str(data / "terms.jsonl")).exit_code == 0


def test_a_file_with_faults_is_refused_whole_and_each_is_said(tmp_path: Path, data: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(HEADER + '{"id":"1","members":["LED","发光管"]}\n{"id":"2","members":["甲二"]}\n', "utf-8")
    for arguments in (("check", str(bad)), ("accept", "--file", str(bad))):
        run = terms(*arguments)
        assert run.exit_code == 1
        assert "“LED”也在词环 H168" in run.stdout
        assert "2：不足两个不同的词" in run.stdout
    assert not (data / "terms.jsonl").exists()


def test_what_cannot_be_read_is_said_with_its_place(tmp_path: Path, data: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"publication_number": "CN1A"}\n', "utf-8")
    assert terms("check", str(bad)).exit_code == 2
    run = terms("mine", str(bad))
    assert run.exit_code == 2
    assert "第 1 行不是公开" in run.stderr
    assert terms("accept").exit_code == 2
    data.mkdir()
    (data / "terms.jsonl").write_text('{"format":"zhitui-rings","version":2}\n', "utf-8")
    assert isinstance(terms("list").exception, FutureSchemaError)


def test_the_list_tells_every_ring_and_where_it_is_from() -> None:
    rows = [json.loads(line) for line in terms("list", "--json").stdout.splitlines()]
    assert len(rows) == len(Rings.shipped())
    table = terms("list", "锂电池").stdout
    assert "随附" in table
    assert "锂一次电池严格说也是锂电池" in table
    assert "没有这样的词环" in terms("list", "没有的词").stdout
