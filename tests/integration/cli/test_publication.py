"""What is known of a publication on the command line, and who is told what of it."""

import json
from pathlib import Path

import pytest

from shared.errors import InvalidInputError
from tests.integration.cli.commands import refused, rows, works, zhitui

pytestmark = pytest.mark.usefixtures("own_folder")

NUMBER = "CN110007813A"
RECORD: dict[str, object] = {
    "publication_number": NUMBER,
    "kind": "A",
    "title": "一种固态电池",
    "published_on": "2019-07-12",
    "application_number": "201810467838.X",
    "ipc": ["H01M10/0525"],
}
EVENT: dict[str, object] = {
    "publication_number": "",
    "kind": "",
    "title": "",
    "application_number": "201810467838.X",
    "event": "pledge",
    "event_on": "2025-03-18",
    "event_detail": "质押合同登记的生效：甲公司 → 某银行",
}


def ingest(folder: Path, record: dict[str, object], name: str) -> str:
    path = folder / name
    path.write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    return works("ingest", str(path)).output


def test_versions_and_events_of_a_publication_are_shown_with_their_sources(tmp_path: Path) -> None:
    ingest(tmp_path, RECORD, "first.jsonl")
    ingest(tmp_path, RECORD | {"abstract": "本发明公开了一种固态电池。"}, "second.jsonl")
    ingest(tmp_path, RECORD | {"title": "一种全固态电池"}, "third.jsonl")
    ingest(tmp_path, EVENT, "event.jsonl")
    shown = works("publication", "show", NUMBER.lower(), "--history").stdout
    for said in (
        "一种全固态电池",
        "本发明公开了一种固态电池。",
        "first.jsonl",
        "摘要：补充",
        "“一种固态电池” → “一种全固态电池”",
        "某银行",
    ):
        assert said in shown
    assert "first.jsonl" not in works("publication", "show", NUMBER).stdout
    assert [row["version"] for row in rows("publication", "show", NUMBER, "--history")] == [1, 2, 3, 1]
    assert "CN1A" in refused("publication", "show", "CN1A")


def test_an_event_is_shown_in_the_words_of_every_source_that_tells_of_it(tmp_path: Path) -> None:
    ingest(tmp_path, RECORD, "first.jsonl")
    ingest(tmp_path, EVENT, "event.jsonl")
    table = tmp_path / "notices.csv"
    table.write_text(
        "申请号,事件,公告日,出质人,质权人\n201810467838.X,专利权质押合同登记的生效,2025-03-18,甲公司,乙银行\n", "utf-8"
    )
    works("ingest", str(table))
    shown = works("publication", "show", NUMBER, "--history").stdout
    assert "某银行" in shown
    assert "据 legal-table" in shown
    assert "乙银行" in shown
    assert [row["version"] for row in rows("publication", "show", NUMBER, "--history")] == [1, 2]


def test_an_event_that_came_too_early_is_replayed_once_its_patent_is_there(tmp_path: Path) -> None:
    path = tmp_path / "event.jsonl"
    path.write_text(json.dumps(EVENT, ensure_ascii=False), "utf-8")
    assert "201810467838.X" in zhitui("ingest", str(path)).output
    (waiting,) = rows("quarantine", "list")
    assert waiting["reason_code"] == "unknown-publication"
    zhitui("quarantine", "replay", "--reason", "unknown-publication")
    assert len(rows("quarantine", "list")) == 1
    ingest(tmp_path, RECORD, "first.jsonl")
    works("quarantine", "replay", "--reason", "unknown-publication")
    assert [row["version"] for row in rows("publication", "show", NUMBER, "--history")] == [1, 1]
    assert rows("quarantine", "list") == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), (["publication", "grant"], False, "once")),
        (("--events", "transfer, pledge", "--corrections", "--family", "each"), (["transfer", "pledge"], True, "each")),
        (("--events", "all"), (["all"], False, "once")),
    ],
)
def test_a_subscription_says_which_happenings_corrections_and_relatives_it_wants(
    tmp_path: Path, options: tuple[str, ...], expected: tuple[list[str], bool, str]
) -> None:
    profile = tmp_path / "p.jsonl"
    profile.write_text('{"id": "p", "rules": [{"groups": [["电池"]]}]}', "utf-8")
    works("profile", "add", str(profile))
    works("destination", "add", "d", "email", "wang@example.cn", "--verified")
    add = ("subscription", "add", "s", "--profile", "p", "--destination", "d")
    works(*add, *options)
    (shown,) = rows("subscription", "show", "s")
    assert (shown["events"], shown["corrections"], shown["family"]) == expected
    assert "sale" in refused(*add, "--events", "transfer,sale", error=InvalidInputError)
