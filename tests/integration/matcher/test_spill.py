import os
import tempfile
from pathlib import Path

import pytest

from services.matcher import spill as module
from services.matcher.spill import Spill, open_spills


@pytest.fixture(params=["in memory", "in a file"])
def _everywhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if request.param == "in a file":
        monkeypatch.delattr(os, "memfd_create", raising=False)
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.usefixtures("_everywhere")
def test_what_another_process_leaves_in_a_spill_is_read_whole_however_often_it_is_used() -> None:
    with open_spills(1) as (spill,):
        for content in (b"longer than the next", b"short"):
            child = os.fork()
            if not child:
                spill.write(content[:3], 0)
                spill.write(content[3:], 3)
                os._exit(0)
            os.waitpid(child, 0)
            assert (bytes(spill.read(3, 0)), bytes(spill.read(len(content) - 3, 3))) == (content[:3], content[3:])


@pytest.mark.usefixtures("_everywhere")
def test_what_another_process_writes_into_the_room_of_a_spill_lies_where_it_is_read() -> None:
    with open_spills(1) as (spill,):
        child = os.fork()
        if not child:
            room = spill.room(2)
            room[:3] = (97, 98, 99)
            spill.write(room[:3].data, 2)
            spill.write(b"-", 1)
            os._exit(0)
        os.waitpid(child, 0)
        assert bytes(spill.read(4, 1)) == b"-abc"


def test_only_usual_memory_is_kept_for_the_next_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_BYTES", 4)
    with open_spills(1) as (spill,):
        spill.write(b"0123456789", 0)
        assert bytes(spill.read(10, 0)) == b"0123456789"
        spill.trim()
        assert bytes(spill.read(4, 0)) == b"0123"
        assert os.fstat(spill._descriptor).st_size == 4


def test_spills_are_closed_in_the_end() -> None:
    with open_spills(2) as spills:
        descriptors = [spill._descriptor for spill in spills]
    for descriptor in descriptors:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)
    assert len(set(descriptors)) == 2
    assert isinstance(spills[0], Spill)
