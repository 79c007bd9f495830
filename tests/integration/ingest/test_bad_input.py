import re
from pathlib import Path

import pytest

from shared.store.incoming import RunState
from tests.integration.ingest.bad_inputs import CASES, Case
from tests.integration.ingest.made import ingest, open_surroundings, row, table


def test_the_table_is_long_enough() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_bad_input_ends_in_quarantine_with_a_reason_and_stops_nothing(case: Case, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    if isinstance(case.make, bytes):
        path = inbox / "input"
        path.write_bytes(case.make)
    else:
        path = case.make(inbox)
    async with open_surroundings(tmp_path / "data") as around:
        run = await ingest(around, path)
        items = await around.store.quarantine.recent()

        assert run.rejected == len(items) == case.rejected
        assert run.accepted + run.unchanged + run.corrected == case.accepted
        assert run.read == case.rejected + case.accepted
        assert [item.reason_code for item in items] == [case.code] * case.rejected
        for item in items:
            assert re.search(r"[\u4e00-\u9fff]{4}", item.reason)
            async with around.store.quarantine.open(item.id) as kept:
                if isinstance(case.make, bytes):
                    assert kept.read_bytes() in case.make or item.kind == "file"
                assert kept.stat().st_size == item.size_bytes
                if isinstance(case.make, bytes) and item.kind == "file" and not item.location:
                    assert kept.read_bytes() == case.make

        good = inbox / "good.csv"
        good.write_text(table(row("CN110099999A")), "gb18030")
        after = await ingest(around, good)
        assert (after.state, after.accepted) == (RunState.DONE, 1)
