"""One process per role on a data folder."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.errors import MisconfiguredError, StorageFullError
from shared.runtime.role_lock import hold_roles, holder


def test_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with hold_roles(tmp_path, ["ingest", "portal"]):
        with pytest.raises(MisconfiguredError, match=f"进程号 {os.getpid()}.*portal"), hold_roles(tmp_path, ["portal"]):
            pass
        assert holder(tmp_path, "portal") == os.getpid()


def test_other_roles_are_free(tmp_path: Path) -> None:
    with hold_roles(tmp_path, ["ingest"]), hold_roles(tmp_path, ["matcher"]):
        assert holder(tmp_path, "notifier") is None


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib, signal\n"
        "from shared.runtime.role_lock import hold_roles\n"
        "with hold_roles(pathlib.Path(sys.argv[1]), ['ingest']):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert killed.returncode == -9
    assert holder(tmp_path, "ingest") is None
    with hold_roles(tmp_path, ["ingest"]):
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MisconfiguredError, match="ZHITUI_DATA_DIR"), hold_roles(tmp_path / "file", ["ingest"]):
        pass


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StorageFullError, match="磁盘空间"), hold_roles(tmp_path, ["ingest"]):
        pass


def test_a_holder_that_has_not_written_its_number_yet_is_still_seen(tmp_path: Path) -> None:
    with hold_roles(tmp_path, ["ingest"]):
        (tmp_path / "roles" / "ingest.lock").write_text("")
        assert holder(tmp_path, "ingest") == 0
