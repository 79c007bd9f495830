"""Finding and moving files of a watched folder, on odd folders."""

import errno
import os
from pathlib import Path

import pytest

from services.ingest.sources.put_away import DONE
from services.ingest.sources.watched_files import find, move, signature_of

DEEP = 1050
"""More than Python's stack has room for."""


def there(folder: Path) -> set[str]:
    return {str(Path(path).relative_to(folder)) for path, _ in find(folder).files}


def test_folders_in_folders_are_walked_however_deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b.csv").touch()
    monkeypatch.chdir(tmp_path)
    for _ in range(DEEP):
        Path("a").mkdir()
        os.chdir("a")
    found = there(tmp_path)
    for _ in range(DEEP):  # what removes temporary folders is not made for such
        os.chdir("..")
        Path("a").rmdir()
    assert found == {"b.csv"}


def test_only_the_folders_at_the_top_are_those_of_what_is_done(tmp_path: Path) -> None:
    for name in ("done/a.csv", "failed/a.csv", "x/done/a.csv", "x/.hidden/a.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert there(tmp_path) == {"x/done/a.csv"}


def test_a_subfolder_that_may_not_be_looked_into_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.csv").touch()
    scandir = os.scandir

    def guarded(path: str) -> object:
        if path.endswith("/closed"):
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = find(tmp_path)
    assert [path for path, _ in found.files] == [str(tmp_path / "a.csv")]
    assert found.closed == [str(tmp_path / "closed")]


def test_what_took_the_place_of_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("read")
    signature = signature_of(path)
    assert signature is not None
    path.write_text("another one")
    assert not move(path, signature, tmp_path, DONE)
    assert path.read_text() == "another one"


def test_what_takes_its_place_in_the_last_moment_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("read")
    signature = signature_of(path)
    assert signature is not None
    rename = Path.rename

    def late(self: Path, target: Path) -> Path:
        if self == path:
            path.write_text("another one")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    assert not move(path, signature, tmp_path, DONE)
    assert path.read_text() == "another one"
    assert not (tmp_path / "done" / "a.csv").exists()


def test_done_may_lie_on_another_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("read")
    signature = signature_of(path)
    assert signature is not None

    def across(_self: Path, _target: Path) -> Path:
        raise OSError(errno.EXDEV, "cross-device link")

    monkeypatch.setattr(Path, "rename", across)
    assert move(path, signature, tmp_path, DONE)
    assert (tmp_path / "done" / "a.csv").read_text() == "read"
    assert not path.exists()
