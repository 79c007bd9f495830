"""``zhitui quarantine``: list, show, export, replay and forget, by id and by what they have in common."""

import asyncio
import json
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.cli.session import open_session
from shared.runtime.role import Surroundings
from shared.store.quarantined import QuarantineItem
from tests.integration.ingest.made import row, seen, table


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZHITUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")


def zhitui(*arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, ["quarantine", *arguments], input=answer)


def on_store(work: Callable[[Surroundings], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever the work returns
    async def run() -> Any:  # noqa: ANN401
        async with open_session() as around:
            return await work(around)

    return asyncio.run(run())


def ingested(**files: bytes) -> list[QuarantineItem]:
    """Ingest files, and return what was refused, oldest first."""
    for name, content in files.items():
        Path(f"{name}.csv").write_bytes(content)
    CliRunner().invoke(app, ["ingest", *(f"{name}.csv" for name in files)])
    listed = zhitui("list", "--all", "--json").stdout.splitlines()
    return [msgspec.json.decode(line, type=QuarantineItem) for line in reversed(listed)]


def put(item: QuarantineItem, content: bytes) -> None:
    on_store(lambda around: around.store.quarantine.add([(item, content)]))


def ids(*arguments: str) -> set[str]:
    return {json.loads(line)["location"] for line in zhitui("list", "--json", *arguments).stdout.splitlines()}


def test_the_list_is_cut_down_by_what_items_have_in_common() -> None:
    ingested(a=table(row(""), row(name="")).encode("gb18030"), b=b"<html>x</html>")
    assert ids() == {"line 2", "line 3", ""}
    assert ids("--class", "value") == {"line 2", "line 3"}
    assert ids("--class", "value", "--reason", "html") == set()
    assert ids("--reason", "html") == {""}
    assert ids("--name", "b.csv") == {""}
    assert ids("--source", "cli") == {"line 2", "line 3", ""}
    assert ids("--source", "ops") == set()
    assert ids("--before", "2019-07-09") == set()
    assert ids("--since", "2019-07-09") == {"line 2", "line 3", ""}
    assert len(zhitui("list", "--limit", "1", "--json").stdout.splitlines()) == 1
    wrong = zhitui("list", "--class", "zip")
    assert wrong.exit_code != 0


def test_show_tells_how_often_and_what_it_is_without_harm_and_without_secrets() -> None:
    content = (
        b'<html>\x1b[2Jaccess_token=abcdef123456 "password": "hunter22" \xe2\x80\xae\xe7\x94\xb5\xe6\xb1\xa0</html>'
    )
    (item,) = ingested(a=content)
    ingested(a=content)
    shown = zhitui("show", item.id).stdout
    assert "共 2 次" in shown
    assert "html，来源" in shown
    assert "电池" in shown
    assert "\x1b" not in shown
    assert "\\x1b[2J" in shown
    assert "\\u202e" in shown
    assert "abcdef123456" not in shown
    assert "hunter22" not in shown


def test_show_tells_bytes_that_are_no_text_in_hexadecimal() -> None:
    (item,) = ingested(a=b"Rar!\x1a\x07\x00" + bytes(range(256)) * 3)
    assert "000000  52 61 72 21 1a 07 00" in zhitui("show", item.id).stdout


def test_export_writes_one_byte_for_byte_and_many_with_a_manifest(tmp_path: Path) -> None:
    ingested(a=table(row(""), row(name="")).encode("gb18030"), b=b"<html>x</html>")
    assert zhitui("export", "--class", "value", "--out", "values.zip").exit_code == 0
    with zipfile.ZipFile("values.zip") as archive:
        manifest = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        assert [one["location"] for one in manifest] == ["line 2", "line 3"]
        assert all(one["file"] == f"{one['id']}.csv" for one in manifest)
        assert archive.read(manifest[0]["file"]).decode("gb18030") == row("")
    assert zhitui("export", "--out", "all").exit_code == 0
    assert len(list((tmp_path / "all").iterdir())) == 4
    (page,) = (
        item for item in map(json.loads, Path("all/manifest.jsonl").read_text().splitlines()) if not item["location"]
    )
    assert zhitui("export", page["id"], "--out", "page").exit_code == 0
    assert Path("page").read_bytes() == Path("all", page["file"]).read_bytes() == b"<html>x</html>"
    taken = zhitui("export", "--out", "values.zip")
    assert taken.exit_code != 0
    assert not list(tmp_path.glob(".values*"))


def test_a_class_of_reasons_is_read_again_and_what_was_read_is_not_told_twice() -> None:
    refused = ingested(a=table(row(""), row("CN1A")).encode("gb18030"), b=b"<html>x</html>")
    mended = [msgspec.structs.replace(one, id=f"q-mended-{n}") for n, one in enumerate(refused) if one.location]
    for number, item in zip(("CN110007819A", "CN110007820A"), mended, strict=True):
        put(item, row(number).encode("gb18030"))
    result = zhitui("replay", "--class", "value", "--json")
    done = {one["id"]: one["problem"] for one in map(json.loads, result.stdout.splitlines())}
    assert len(done) == 4
    assert [name for name, problem in done.items() if problem is None] == ["q-mended-0", "q-mended-1"]
    assert result.exit_code == 1
    again = zhitui("replay", "--source", "cli", "--json")
    assert {json.loads(line)["id"] for line in again.stdout.splitlines()} == {one.id for one in refused}
    told = sorted(event.publication.publication_number for event in on_store(seen))
    assert told == ["CN110007819A", "CN110007820A"]
    assert "读通 0 条，共 3 条" in zhitui("replay", "--all").output


def test_replay_and_forget_want_to_be_told_which() -> None:
    for command in ("replay", "forget"):
        assert zhitui(command).exit_code == 2
        assert zhitui(command, "q-1", "--reason", "html").exit_code == 2


def test_a_person_is_erased_from_rows_and_from_inside_archives_whatever_the_encoding(tmp_path: Path) -> None:
    with zipfile.ZipFile("day.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "这里有 王小明 的名字" * 50)
        archive.writestr("b.xml", "&#29579;&#23567;&#26126;")
    named = table(row("", patentee="王小明;")).encode("gb18030")
    ingested(a=named, b=table(row("", patentee="李四;")).encode(), c=Path("day.zip").read_bytes())
    before = len(zhitui("list", "--all", "--json").stdout.splitlines())
    refused = zhitui("forget", "--text", "王小明", answer="n\n")
    assert refused.exit_code == 1
    assert len(zhitui("list", "--all", "--json").stdout.splitlines()) == before
    erased = zhitui("forget", "--text", "王小明", "--yes")
    assert erased.exit_code == 0, erased.output
    assert "备份" in erased.output
    left = [json.loads(line) for line in zhitui("list", "--all", "--json").stdout.splitlines()]
    assert [one["name"] for one in left] == ["b.csv"]
    data = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert not any("王小明".encode("gb18030") in path.read_bytes() for path in data)
    assert "没有符合条件" in zhitui("forget", "--text", "王小明", "--yes").output


def test_what_was_replayed_is_erased_by_itself() -> None:
    refused = ingested(a=table(row(""), row("CN1A")).encode("gb18030"))
    on_store(lambda around: around.store.quarantine.mark_replayed(refused[0].id, at=around.clock.now()))
    assert zhitui("forget", "--replayed", "--yes").exit_code == 0
    assert [json.loads(line)["id"] for line in zhitui("list", "--all", "--json").stdout.splitlines()] == [refused[1].id]
