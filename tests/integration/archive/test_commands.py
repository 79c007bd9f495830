"""``zhitui backup`` and ``zhitui restore`` as people call them."""

import os
import subprocess
import sys
from pathlib import Path

from services.matcher.kept_index import FILE as KEPT_INDEX
from shared.runtime.role_lock import hold_roles
from tests.integration.archive.conftest import KEY
from tests.integration.archive.filled import fill, held
from tests.surroundings import open_surroundings


def zhitui(folder: Path, *arguments: str, said: bytes = b"", key: str = KEY) -> "subprocess.CompletedProcess[bytes]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHITUI_")}
    environment = {**kept, "ZHITUI_DATA_DIR": str(folder), "ZHITUI_SECRET_KEY": key}
    return subprocess.run(
        [sys.executable, "-m", "services", *arguments], env=environment, input=said, capture_output=True, check=False
    )


async def filled(folder: Path) -> object:
    async with open_surroundings(folder, secret_key=KEY) as around:
        await fill(around, 1)
        return await held(around)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_backup_goes_to_a_file_that_only_its_owner_reads_and_comes_back(tmp_path: Path) -> None:
    before = await filled(tmp_path / "source")
    file = tmp_path / "zhitui.backup"
    done = zhitui(tmp_path / "source", "backup", str(file))
    assert done.returncode == 0, done.stderr.decode()
    assert "密钥不在备份里" in done.stderr.decode()
    assert file.stat().st_mode & 0o777 == 0o600
    assert files_in(tmp_path) == ["source", "zhitui.backup"]
    again = zhitui(tmp_path / "source", "backup", str(file))
    assert (again.returncode, "已经存在" in again.stderr.decode()) == (1, True)
    checked = zhitui(tmp_path / "nowhere", "restore", str(file), "--check")
    assert "备份完好" in checked.stderr.decode()
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / KEPT_INDEX).write_bytes(b"of a newer database")
    restored = zhitui(tmp_path / "target", "restore", str(file))
    assert restored.returncode == 0, restored.stderr.decode()
    assert "条数和校验和都已核对" in restored.stderr.decode()
    assert not (tmp_path / "target" / KEPT_INDEX).exists(), "an index that knows newer profiles is still there"
    async with open_surroundings(tmp_path / "target", secret_key=KEY) as target:
        assert await held(target) == before


async def test_a_backup_goes_through_a_pipe(tmp_path: Path) -> None:
    before = await filled(tmp_path / "source")
    done = zhitui(tmp_path / "source", "backup", "-")
    assert done.returncode == 0, done.stderr.decode()
    restored = zhitui(tmp_path / "target", "restore", "-", said=done.stdout)
    assert restored.returncode == 0, restored.stderr.decode()
    async with open_surroundings(tmp_path / "target", secret_key=KEY) as target:
        assert await held(target) == before


async def test_a_cut_off_pipe_and_a_wrong_key_change_nothing_and_say_why(tmp_path: Path) -> None:
    await filled(tmp_path / "source")
    whole = zhitui(tmp_path / "source", "backup", "-").stdout
    cut = zhitui(tmp_path / "target", "restore", "-", said=whole[: len(whole) // 2])
    assert (cut.returncode, "损坏" in cut.stderr.decode()) == (1, True)
    assert not (tmp_path / "target").exists()
    other = "c2VjcmV0LW9mLXRoZS1iZW5jaG1hcmstb25seS0wMDA="
    refused = zhitui(tmp_path / "target", "restore", "-", said=whole, key=other)
    assert (refused.returncode, "另一把密钥" in refused.stderr.decode()) == (1, True)
    async with open_surroundings(tmp_path / "target", secret_key=other) as target:
        assert not any((await target.store.archive.counts()).values())
        assert await target.store.archive.closure() is None


async def test_nothing_is_restored_under_a_running_role(tmp_path: Path) -> None:
    await filled(tmp_path / "source")
    whole = zhitui(tmp_path / "source", "backup", "-").stdout
    with hold_roles(tmp_path / "target", ["matcher"]):
        refused = zhitui(tmp_path / "target", "restore", "-", said=whole)
    assert (refused.returncode, "matcher" in refused.stderr.decode()) == (1, True)
