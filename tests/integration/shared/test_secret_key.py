"""The installation's key: made once, kept private, the same at every start."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from shared.errors import MisconfiguredError, StorageFullError
from shared.secret_box import KEY_FILE, open_secret_box
from shared.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data")


def test_the_key_is_made_at_the_first_start_and_kept(settings: Settings) -> None:
    sealed = open_secret_box(settings).seal("盐")
    assert open_secret_box(settings).open(sealed) == "盐"
    assert [path.name for path in settings.data_dir.iterdir()] == [KEY_FILE]


def test_only_its_owner_can_read_the_key(settings: Settings) -> None:
    open_secret_box(settings)
    assert stat.S_IMODE((settings.data_dir / KEY_FILE).stat().st_mode) == 0o600


def test_a_key_that_another_process_made_meanwhile_is_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_secret_box(settings)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", lambda path: False)
        assert open_secret_box(settings).open(first.seal("盐")) == "盐"
    assert [path.name for path in settings.data_dir.iterdir()] == [KEY_FILE]


def test_a_key_from_the_settings_makes_no_file(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "data", secret_key=Fernet.generate_key().decode())
    assert open_secret_box(settings).open(open_secret_box(settings).seal("盐")) == "盐"
    assert not (tmp_path / "data").exists()


def test_a_damaged_key_file_says_what_a_key_is(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / KEY_FILE).write_text("short")
    with pytest.raises(MisconfiguredError, match="32 字节"):
        open_secret_box(settings)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StorageFullError, match=str(tmp_path / "data")):
        open_secret_box(load_settings(data_dir=tmp_path / "data"))


def test_on_a_cluster_a_key_of_ones_own_is_refused_and_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    cluster = {"bus": "kafka", "store": "mongo", "kafka_bootstrap_servers": "k:9092", "mongo_uri": "mongodb://m"}
    settings = load_settings(data_dir=tmp_path / "data", **cluster)
    with pytest.raises(MisconfiguredError, match=r"ZHITUI_SECRET_KEY_FILE.*secret\.key"):
        open_secret_box(settings)
    assert not (tmp_path / "data").exists()
    given = load_settings(data_dir=tmp_path / "data", secret_key=Fernet.generate_key().decode(), **cluster)
    assert open_secret_box(given).open(open_secret_box(given).seal("盐")) == "盐"
