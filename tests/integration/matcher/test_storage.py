"""A compiled index in a file: opened as it was written, or refused; never a wrong one."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.matcher.engine import storage
from services.matcher.engine.engine import Engine, compile_profiles
from services.matcher.engine.index import Index
from services.matcher.engine.storage import MAGIC, UnusableIndexError, load, save
from services.matcher.rings import Ring, Rings
from tests.property.matcher.cases import Cases

MADE_BY = "this"
NOTE = {"0": 7, "content": 2**63 + 1}


def some_index(seed: int, profiles: int = 20) -> Index:
    cases = Cases(Random(seed))
    return compile_profiles(cases.profiles(profiles), cases.rings())


def arrays_of(index: Index) -> dict[str, NDArray[Any]]:
    return dict(storage._named(index))


def assert_same(one: Index, other: Index) -> None:
    here, there = arrays_of(one), arrays_of(other)
    assert list(here) == list(there)
    for name, array in here.items():
        assert array.dtype == there[name].dtype, name
        assert array.shape == there[name].shape, name
        assert np.array_equal(array, there[name]), name


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "whole.index"
    save(some_index(1), path, provenance=MADE_BY, note=NOTE)
    return path


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "damaged.index"


@pytest.mark.parametrize("seed", range(8))
def test_an_index_is_opened_as_it_was_kept_and_matches_the_same(tmp_path: Path, seed: int) -> None:
    index = some_index(seed, profiles=seed * 5)
    save(index, tmp_path / "an.index", provenance=MADE_BY, note=NOTE)
    opened, note = load(tmp_path / "an.index", provenance=MADE_BY)
    assert_same(index, opened)
    assert note == NOTE
    publications = Cases(Random(seed)).publications(30)
    assert Engine(opened).match(publications) == Engine(index).match(publications)
    assert [path.name for path in tmp_path.iterdir()] == ["an.index"]


def test_what_is_opened_may_be_kept_and_opened_again(tmp_path: Path, whole: Path) -> None:
    opened, note = load(whole, provenance=MADE_BY)
    save(opened, tmp_path / "again", provenance=MADE_BY, note=note)
    assert (tmp_path / "again").read_bytes() == whole.read_bytes()


def test_what_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.index", tmp_path):
        with pytest.raises(UnusableIndexError, match="cannot be read"):
            load(path, provenance=MADE_BY)


@pytest.mark.parametrize("raw", [b"", b"Z", MAGIC, MAGIC + b"\0" * 8, b"ZHITUIX2" + b"\0" * 100, b"{}" * 1000])
def test_what_is_no_index_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "odd.index").write_bytes(raw)
    with pytest.raises(UnusableIndexError):
        load(tmp_path / "odd.index", provenance=MADE_BY)


def test_what_was_made_by_something_else_is_refused(whole: Path) -> None:
    with pytest.raises(UnusableIndexError, match="another version, or with other synonym rings"):
        load(whole, provenance="that")


def test_other_rings_are_another_provenance() -> None:
    rings = Rings([Ring(id="r", members=("电机", "马达"))])
    assert len({storage.provenance(one) for one in (Rings(), rings, Rings.shipped())}) == 3
    assert storage.provenance(rings) == storage.provenance(Rings([Ring(id="other", members=("电机", "马达"))]))


def test_compiled_code_that_comes_and_goes_is_no_part_of_the_provenance(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "__pycache__").mkdir()
    for file in ("code.py", "tables/words.txt", "tables/__pycache__/kernel.nbi"):
        (tmp_path / file).write_text("")
    assert {path.name for path in storage._files_of(tmp_path)} == {"code.py", "words.txt"}


def test_an_index_cut_off_anywhere_is_refused(whole: Path, scratch: Path) -> None:
    raw = whole.read_bytes()
    random = Random(3)
    for length in (*range(40), *random.sample(range(len(raw)), 100), len(raw) - 1):
        scratch.write_bytes(raw[:length])
        with pytest.raises(UnusableIndexError):
            load(scratch, provenance=MADE_BY)


def test_an_index_with_something_behind_it_is_refused(whole: Path, scratch: Path) -> None:
    scratch.write_bytes(whole.read_bytes() + b"\0")
    with pytest.raises(UnusableIndexError, match="another length"):
        load(scratch, provenance=MADE_BY)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), heading=st.booleans(), flipped=st.integers(1, 255))
def test_an_index_with_any_byte_changed_is_refused_or_the_same(
    whole: Path, scratch: Path, *, where: float, heading: bool, flipped: int
) -> None:
    raw = bytearray(whole.read_bytes())
    end = 16 + int.from_bytes(raw[8:12], "little") if heading else len(raw)
    raw[int(where * end)] ^= flipped
    scratch.write_bytes(raw)
    try:
        opened, note = load(scratch, provenance=MADE_BY)
    except UnusableIndexError:
        return
    assert not heading
    assert_same(opened, load(whole, provenance=MADE_BY)[0])  # between two arrays: nothing is kept there
    assert note == NOTE


def test_an_index_that_cannot_be_kept_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = some_index(1)
    save(old, tmp_path / "an.index", provenance=MADE_BY, note={})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(some_index(2), tmp_path / "an.index", provenance=MADE_BY, note={})
    assert_same(load(tmp_path / "an.index", provenance=MADE_BY)[0], old)
    assert [path.name for path in tmp_path.iterdir()] == ["an.index"]


KEEPING = """
import sys, time
from pathlib import Path
from services.matcher.engine import storage
from tests.integration.matcher.test_storage import MADE_BY, some_index

def stand_still(_):
    print("here", flush=True)
    time.sleep(60)

setattr(storage.os if sys.argv[2] == "fsync" else Path, sys.argv[2], stand_still)
storage.save(some_index(2), Path(sys.argv[1]), provenance=MADE_BY, note={})
"""


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_whoever_is_killed_while_keeping_an_index_leaves_the_old_one_whole(tmp_path: Path, at: str) -> None:
    old, path = some_index(1), tmp_path / "an.index"
    save(old, path, provenance=MADE_BY, note={})
    arguments = [sys.executable, "-c", KEEPING.replace("(_)", "(*_)"), str(path), at]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as keeping:
        assert keeping.stdout is not None
        assert keeping.stdout.readline() == b"here\n"
        keeping.send_signal(signal.SIGKILL)
        keeping.wait()
    assert_same(load(path, provenance=MADE_BY)[0], old)
    save(some_index(2), path, provenance=MADE_BY, note={})
    assert_same(load(path, provenance=MADE_BY)[0], some_index(2))
