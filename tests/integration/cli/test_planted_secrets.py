"""Secrets are planted wherever people put some, and looked for in everything that comes out."""

import io
from pathlib import Path

import cramjam
import pytest
from prometheus_client import generate_latest
from pydantic import SecretStr
from typer.testing import CliRunner

from services.cli.app import app
from services.cli.session import in_session
from services.notifier.channels.registry import open_channels
from shared.errors import ZhituiError
from shared.logs import configure_logs, get_logger
from shared.runtime.role import Surroundings
from shared.secret_box import KEY_FILE
from shared.settings import Settings, load_settings
from tests.unit.notifier.making import NOW

ROBOT = "693a91f6-dead-4000-8000-00000000beef"
HOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DINGTALK = "d1" * 32
SIGNATURE = "SEC" + "f00d" * 8
FEISHU = "0123abcd-dead-4000-8000-00000000f00d"
PATH_KEY = "geheim-in-der-adresse"
MADE = "planted-{}-hunter2"

DESTINATIONS = [
    ("group", "wecom-robot", ROBOT),
    ("hook", "webhook", f"http://127.0.0.1:9/in?key={PATH_KEY}", "--set", f"secret={HOOK}"),
    ("ding", "dingtalk", DINGTALK, "--set", f"secret={SIGNATURE}"),
    ("fei", "feishu", FEISHU, "--set", f"secret={SIGNATURE}"),
    ("box", "email", "wang@example.cn"),
]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Settings and destinations full of secrets; nothing answers at any address."""
    monkeypatch.chdir(tmp_path)
    secrets = {ROBOT, HOOK, DINGTALK, SIGNATURE, FEISHU, PATH_KEY}
    for name, field in Settings.model_fields.items():
        if SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ())) and name not in {
            "secret_key",
            "mongo_uri",
        }:
            secrets.add(MADE.format(name))
            monkeypatch.setenv(f"ZHITUI_{name.upper()}", MADE.format(name))
    for name, value in {
        "DATA_DIR": str(tmp_path / "data"),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "9",
        "SMTP_SECURITY": "none",
        "SMTP_USERNAME": "zhitui",
        "INTRANET_RECEIVERS": "127.0.0.1",
        "WECOM_BASE_URL": "http://127.0.0.1:9",
        "DINGTALK_BASE_URL": "http://127.0.0.1:9",
        "FEISHU_BASE_URL": "http://127.0.0.1:9",
        "SEND_TIMEOUT_SECONDS": "1",
    }.items():
        monkeypatch.setenv(f"ZHITUI_{name}", value)
    said = [CliRunner().invoke(app, ["destination", "add", *one, "--verified"]) for one in DESTINATIONS]
    assert [one.exit_code for one in said] == [0] * len(said), [one.output for one in said]
    return secrets


def leaks(text: str, secrets: set[str]) -> set[str]:
    return {secret for secret in secrets if secret in text}


def test_a_planted_secret_is_found_where_one_is(planted: set[str]) -> None:
    assert len(planted) >= 10
    assert leaks(f"…{ROBOT}…", planted) == {ROBOT}


def test_no_command_shows_one(planted: set[str]) -> None:
    commands = [["destination", "list"], ["destination", "list", "--json"], ["doctor"]]
    commands += [["destination", verb, one[0]] for one in DESTINATIONS for verb in ("show", "test")]
    for command in commands:
        result = CliRunner().invoke(app, command)
        assert leaks(result.output + repr(result.exception), planted) == set(), command


def test_neither_the_database_nor_a_backup_holds_one_in_the_clear(planted: set[str], tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["backup", str(tmp_path / "all.backup")]).exit_code == 0
    exported = bytes(cramjam.zstd.decompress((tmp_path / "all.backup").read_bytes()))
    assert b'"group"' in exported
    kept = b"".join(
        path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file() and path.name != KEY_FILE
    )
    assert leaks((kept + exported).decode("utf-8", "replace"), planted) == set()


def test_no_repr_log_error_or_metric_holds_one(planted: set[str], tmp_path: Path) -> None:
    out = io.StringIO()

    async def work(around: Surroundings) -> str:
        configure_logs(around.settings.model_copy(update={"log_level": "debug", "log_format": "json"}), out)
        log, said = get_logger("test"), [repr(around), repr(around.settings), repr(around.secrets)]
        async with open_channels(around.settings, around.clock, secrets=around.secrets) as channels:
            for destination in await around.store.destinations.all():
                said += [repr(destination), repr(channels[destination.channel])]
                try:
                    await channels[destination.channel].send_test(destination, NOW)
                except ZhituiError as error:
                    said += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
                    log.warning("failed", error=error, destination=destination, url=f"http://x/send?key={ROBOT}")
                    log.exception("failed")
        return "\n".join([*said, generate_latest(around.metrics.registry).decode()])

    text = in_session(work)
    assert "failed" in out.getvalue()
    assert leaks(text + out.getvalue(), planted) == set()
    assert load_settings().secret_key is None
