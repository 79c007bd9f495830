"""The demonstration's run: a throw-away installation, sinks of its own, the real roles, the sample gazette."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.demo import cast
from services.demo.outcome import Outcome, collect
from services.demo.sample_files import gazette_files, sample_profiles
from services.demo.stages import Stages
from services.ingest.wiring import open_role as open_ingest
from services.matcher.wiring import open_role as open_matcher
from services.notifier.wiring import open_role as open_notifier
from services.portal.wiring import open_role as open_portal
from shared.backends import open_backends
from shared.bus.port import Record
from shared.bus.topics import PROFILES
from shared.clock import SystemClock
from shared.logs import configure_logs
from shared.metrics import Metrics
from shared.runtime.cancelling import end
from shared.runtime.process import run_process
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import Settings, SmtpSecurity
from shared.testing.mailbox import Mailbox
from shared.testing.wecom import FakeWeCom
from shared.wire.events import ProfileSaved, encode_event

if TYPE_CHECKING:
    from collections.abc import Callable

ROLES = (open_ingest, open_matcher, open_notifier, open_portal)


class DemoSettings(Settings):
    """Settings that neither the environment nor a ``zhitui.toml`` of the user's can turn to real servers."""

    model_config = SettingsConfigDict(toml_file=None)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what the demonstration sets, and nothing else."""
        return (init_settings,)


async def run_line(tell: "Callable[[Stages], None]") -> Outcome:
    """Run the whole line once, from the sample files to the sinks.

    Args:
        tell: is told the stages whenever one moved.

    Raises:
        MisconfiguredError: the machine does not let the demonstration run; the message says why.
    """
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="zhitui-demo-", ignore_cleanup_errors=True) as folder:
        async with Mailbox() as mailbox, FakeWeCom(clock=clock, keys=cast.GROUPS) as wecom:
            settings = _settings(Path(folder), smtp_port=mailbox.port, wecom_base_url=wecom.base_url)
            configure_logs(settings)
            secrets = open_secret_box(settings)
            async with open_backends(settings, clock, secrets) as backends:
                around = Surroundings(
                    settings=settings,
                    bus=backends.bus,
                    store=backends.store,
                    clock=clock,
                    metrics=Metrics(),
                    secrets=secrets,
                )
                await _prepare(around)
                stages = Stages(around.metrics)
                await _run(around, stages, tell)
                return await collect(backends.store, mails=mailbox.mails, messages=wecom.accepted, stages=stages.all)


def _settings(data_dir: Path, *, smtp_port: int, wecom_base_url: str) -> Settings:
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "http_port": 0,
        "public_url": "http://127.0.0.1:8080",
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp_port,
        "smtp_security": SmtpSecurity.NONE,
        "mail_from": "知推演示 <zhitui@demo.example>",
        "wecom_base_url": wecom_base_url,
        "log_level": "warning",
    }
    return DemoSettings(**values)


async def _prepare(around: Surroundings) -> None:
    now = around.clock.now()
    profiles = sample_profiles()
    saved = [Record(key=p.id, value=encode_event(ProfileSaved(profile=p, saved_at=now))) for p in profiles]
    await around.bus.append(PROFILES, saved)
    await around.store.profiles.put(profiles, saved_at=now)
    for destination in cast.destinations(now):
        await around.store.destinations.put(destination)
    for subscription in cast.subscriptions(now):
        await around.store.subscriptions.put(subscription)
    watched = around.settings.watch_folder
    watched.mkdir(parents=True, exist_ok=True)
    for file in gazette_files():
        arriving = around.settings.data_dir / file.name
        shutil.copyfile(file, arriving)
        arriving.replace(watched / file.name)  # complete from its first moment on


async def _run(around: Surroundings, stages: Stages, tell: "Callable[[Stages], None]") -> None:
    watching = asyncio.create_task(stages.watch(tell), name="demo progress")
    try:
        await run_process(around, ROLES, until_idle=True)
    finally:
        await end(watching)
        stages.look()
