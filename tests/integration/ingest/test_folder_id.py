"""A watched folder is known by a name of its own, not by the path that somebody sees it under."""

import os
from pathlib import Path

import pytest

from services.ingest.sources.folder_id import FILE, folder_id


def test_one_folder_has_one_name_under_every_path(tmp_path: Path) -> None:
    (tmp_path / "other").symlink_to(tmp_path / "watch")
    assert folder_id(tmp_path / "watch") == folder_id(tmp_path / "other") == folder_id(tmp_path / "watch")
    assert [path.name for path in (tmp_path / "watch").iterdir()] == [FILE]


def test_folders_of_their_own_have_names_of_their_own(tmp_path: Path) -> None:
    assert folder_id(tmp_path / "a") != folder_id(tmp_path / "b")


def test_a_name_that_another_process_gave_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder_id(tmp_path)
    monkeypatch.setattr(Path, "exists", lambda path: False)
    assert folder_id(tmp_path) == first
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_where_files_cannot_be_linked_the_folder_still_gets_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("services.ingest.sources.folder_id.os.link", refuse)
    assert folder_id(tmp_path) == folder_id(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_folder_that_may_not_be_written_goes_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert folder_id(tmp_path) == str(tmp_path)


def test_a_folder_that_may_not_be_looked_into_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("services.ingest.sources.folder_id.os.scandir", refuse)
    with pytest.raises(PermissionError):
        folder_id(tmp_path)


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "watch").touch()
    with pytest.raises(OSError, match=os.strerror(17)):
        folder_id(tmp_path / "watch")
