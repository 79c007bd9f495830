from pathlib import Path

import pytest

from services.ingest.sources.files import ingest_file
from services.ingest.wiring import make_pipeline
from shared.errors import StorageFullError
from shared.testing.clock import ManualClock
from shared.wire.events import Change
from tests.integration.ingest.made import ingest, open_surroundings, row, seen, table


def put(folder: Path, *rows: str, name: str = "gazette.csv") -> Path:
    path = folder / name
    path.write_text(table(*rows), "gb18030")
    return path


async def test_a_publication_is_on_the_bus_and_in_the_store(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        await ingest(around, put(tmp_path, row()))
        (event,) = await seen(around)
        version = await around.store.publications.get("CN110007813A")
        assert version is not None
        assert (event.change, event.publication) == (Change.NEW, version.publication)
        assert (version.origin, version.content_hash) == ("gazette.csv:2", event.content_hash)
        assert version.publication.applicants[0].region == "440106"
        assert version.publication.inventors == ("张三", "李四")


async def test_the_same_record_again_changes_nothing(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        path = put(tmp_path, row(), row(item="2"))
        first, second = await ingest(around, path), await ingest(around, path)
        assert (first.accepted, first.unchanged) == (1, 1)
        assert (second.accepted, second.unchanged, second.corrected) == (0, 2, 0)
        assert len(await seen(around)) == 1


async def test_other_content_is_a_correction_and_reading_both_again_is_none(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        path = put(tmp_path, row(), row(name="一种全固态电池"))
        run = await ingest(around, path)
        assert (run.accepted, run.corrected) == (1, 1)
        assert [event.change for event in await seen(around)] == [Change.NEW, Change.CORRECTED]
        history = await around.store.publications.history("CN110007813A")
        assert [version.publication.title for version in history] == ["一种固态电池", "一种全固态电池"]
        again = await ingest(around, path)
        assert (again.unchanged, again.corrected) == (2, 0)


async def test_what_was_read_is_the_sum_of_what_became_of_it(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        rows = [row(f"CN1100{number:05}A") for number in range(1200)]
        run = await ingest(around, put(tmp_path, *rows, rows[0], row(""), row(name="别的")))
        assert (run.read, run.accepted, run.unchanged, run.corrected, run.rejected) == (1203, 1200 + 1, 1, 0, 1)
        metrics = around.metrics.registry
        assert metrics.get_sample_value("zhitui_ingest_records_total", {"outcome": "accepted"}) == 1201
        assert metrics.get_sample_value("zhitui_ingest_inputs_total", {"source": "cli", "result": "done"}) == 1
        last_new = metrics.get_sample_value("zhitui_ingest_accepted_timestamp_seconds", {"source": "cli"})
        assert last_new is not None
        assert 0 <= around.clock.now().timestamp() - last_new < 60


async def test_a_source_that_brings_only_what_is_known_is_as_silent_as_one_that_brings_nothing(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        path = put(tmp_path, row("CN110007813A"))
        await ingest(around, path)
    async with open_surroundings(tmp_path / "data") as around:
        assert (await ingest(around, path)).unchanged == 1
        labels = {"source": "cli"}
        assert around.metrics.registry.get_sample_value("zhitui_ingest_accepted_timestamp_seconds", labels) is None


async def test_a_full_disk_is_waited_for_and_nothing_is_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        calls = []
        append = around.bus.append

        async def full_at_first(*args: object) -> None:
            calls.append(args)
            if len(calls) < 3:
                raise StorageFullError("满", after_seconds=0.001)
            await append(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(around.bus, "append", full_at_first)
        run = await ingest(around, put(tmp_path, row()))
        assert (len(calls), run.accepted, len(await seen(around))) == (3, 1, 1)
        assert around.metrics.registry.get_sample_value("zhitui_storage_full") == 0


async def test_an_impatient_pipeline_tells_of_the_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_surroundings(tmp_path / "data") as around:

        async def full(*_: object) -> None:
            raise StorageFullError("满")

        monkeypatch.setattr(around.bus, "append", full)
        pipeline = make_pipeline(around, patient=False)
        with pytest.raises(StorageFullError):
            await ingest_file(put(tmp_path, row()), pipeline=pipeline, clock=ManualClock())
        assert await around.store.publications.count() == 0
