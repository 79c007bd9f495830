"""The index in its folder: what is added, taken away, merged, and what a crash leaves."""

from pathlib import Path
from shutil import rmtree

import msgspec
import pytest

from services.matcher.lookback import writing
from services.matcher.lookback.folder import BEFORE, CONTENTS
from services.matcher.lookback.past import Contents, OpenPast, Past, made_by
from services.matcher.lookback.writing import GROWTH, Writer
from shared.errors import StorageFullError
from shared.wire.publication import Publication
from tests.unit.matcher.lookback.made import published

PUBLICATIONS = [published(number, f"电池{number}", day=number) for number in range(40)]


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk, where nothing crashes."""
    monkeypatch.setattr(writing, "_sync", lambda _path: None)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    writer = Writer(tmp_path)
    writer.begin("topic", {0: 7})
    return writer


def past(folder: Path) -> Past:
    found = OpenPast(folder).latest()
    assert found is not None
    return found


def told(folder: Path) -> dict[str, str]:
    every = past(folder).places(kept.alive for kept in past(folder).kept)
    return {one.publication_number: one.title for one in past(folder).publications(every)}


def titles(publications: list[Publication]) -> dict[str, str]:
    return {one.publication_number: one.title for one in publications}


def test_what_is_added_is_there_and_added_again_changes_nothing(writer: Writer, tmp_path: Path) -> None:
    assert writer.add(PUBLICATIONS, positions={0: 9}) == 40
    assert writer.add(PUBLICATIONS[5:20]) == 0
    assert told(tmp_path) == titles(PUBLICATIONS)
    assert past(tmp_path).contents.positions == {0: 9}
    assert not past(tmp_path).contents.is_whole
    writer.finish()
    assert past(tmp_path).contents.is_whole


def test_a_correction_takes_the_place_of_what_was_known_and_the_last_word_counts(
    writer: Writer, tmp_path: Path
) -> None:
    writer.add(PUBLICATIONS)
    corrected = [msgspec.structs.replace(PUBLICATIONS[3], title=title) for title in ("改一次", "改两次")]
    assert writer.add(corrected) == 1
    assert told(tmp_path) == titles(PUBLICATIONS) | {PUBLICATIONS[3].publication_number: "改两次"}


def test_segments_of_a_size_become_one_and_nothing_is_lost(writer: Writer, tmp_path: Path, no_waiting: None) -> None:
    for number, publication in enumerate(PUBLICATIONS):
        writer.add([publication, msgspec.structs.replace(PUBLICATIONS[0], title=f"第 {number} 版")])
        while writer.merge():
            pass
        writer.tidy()
        assert len(past(tmp_path).kept) < GROWTH
    assert told(tmp_path) == titles(PUBLICATIONS) | {PUBLICATIONS[0].publication_number: "第 39 版"}
    on_disk = {path.name for path in tmp_path.iterdir()}
    named = {name for kept in past(tmp_path).kept for name in (kept.part.name, kept.part.gone) if name}
    assert on_disk == named | {CONTENTS}


def test_who_has_it_open_sees_one_state_or_the_next(writer: Writer, tmp_path: Path, no_waiting: None) -> None:
    opened = OpenPast(tmp_path)
    before = opened.latest()
    writer.add(PUBLICATIONS[:10])
    first = opened.latest()
    for publication in PUBLICATIONS[10:]:
        writer.add([publication])
        writer.merge()
    writer.tidy()
    assert before is not None
    assert first is not None
    assert (len(before), len(first), len(past(tmp_path))) == (0, 10, 40)
    assert first.with_number(PUBLICATIONS[9].publication_number) == PUBLICATIONS[9]
    assert opened.latest() is opened.latest()


@pytest.mark.parametrize("step", ["save", "_sync"])
def test_what_a_crash_left_half_written_counts_for_nothing(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    writer.add(PUBLICATIONS[:10])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(writing, step, killed)
        with pytest.raises(KeyboardInterrupt):
            writer.add(PUBLICATIONS[10:])
    again = Writer(tmp_path)
    assert told(tmp_path) == titles(PUBLICATIONS[:10])
    assert again.add(PUBLICATIONS) == 30
    again.tidy()
    assert told(tmp_path) == titles(PUBLICATIONS)


def test_a_full_disk_is_told_and_changes_nothing(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.add(PUBLICATIONS[:10])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "save", full)
    with pytest.raises(StorageFullError, match="腾出磁盘空间"):
        writer.add(PUBLICATIONS)
    assert told(tmp_path) == titles(PUBLICATIONS[:10])


@pytest.mark.parametrize("damage", [b"", b"{", b'{"made_by":"another version"}'])
def test_an_index_that_is_damaged_or_of_another_version_is_none(tmp_path: Path, writer: Writer, damage: bytes) -> None:
    writer.add(PUBLICATIONS)
    (tmp_path / CONTENTS).write_bytes(damage)
    assert OpenPast(tmp_path).latest() is None


def test_an_index_of_which_a_segment_was_removed_is_none(tmp_path: Path, writer: Writer) -> None:
    writer.add(PUBLICATIONS)
    (kept,) = past(tmp_path).kept
    rmtree(tmp_path / kept.part.name)
    assert OpenPast(tmp_path).latest() is None
    writer.begin("topic", {})
    assert writer.add(PUBLICATIONS) == 40


def test_an_index_begun_anew_is_empty(writer: Writer, tmp_path: Path) -> None:
    writer.add(PUBLICATIONS)
    writer.begin("another", {})
    assert told(tmp_path) == {}
    assert past(tmp_path).contents.incarnation == "another"


def test_what_was_whole_is_kept_until_what_is_made_anew_is_whole_too(writer: Writer, tmp_path: Path) -> None:
    writer.add(PUBLICATIONS)
    writer.finish()
    contents = msgspec.json.decode((tmp_path / CONTENTS).read_bytes(), type=Contents)
    older = msgspec.structs.replace(contents, made_by=made_by().partition("/")[0] + "/an older program")
    (tmp_path / CONTENTS).write_bytes(msgspec.json.encode(older))
    again, before = Writer(tmp_path), OpenPast(tmp_path, BEFORE)
    for _ in range(2):  # the second time what is there is not whole, and takes no place
        again.begin("topic", {})
        again.add(PUBLICATIONS[:10])
        again.tidy()
        kept = before.latest()
        assert kept is not None
        assert (len(kept), len(past(tmp_path))) == (40, 10)
        assert kept.with_number(PUBLICATIONS[20].publication_number) == PUBLICATIONS[20]
    again.finish()
    again.tidy()
    assert before.latest() is None
    assert {path.name for path in tmp_path.iterdir()} == {CONTENTS, *(one.part.name for one in past(tmp_path).kept)}


def test_what_a_program_of_another_format_made_is_kept_for_nobody(writer: Writer, tmp_path: Path) -> None:
    writer.add(PUBLICATIONS)
    writer.finish()
    contents = msgspec.json.decode((tmp_path / CONTENTS).read_bytes(), type=Contents)
    older = msgspec.structs.replace(contents, made_by="0/an older program")
    (tmp_path / CONTENTS).write_bytes(msgspec.json.encode(older))
    Writer(tmp_path).begin("topic", {})
    assert OpenPast(tmp_path, BEFORE).latest() is None
