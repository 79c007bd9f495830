"""Folders on other machines, as scheduled sources."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.ingest.sources.folders.source import FolderSource
from shared.secret_file import read_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.ingest.sources.folders.port import RemoteFolder
    from services.ingest.sources.scheduled import ScheduledSource
    from shared.clock import Clock
    from shared.settings import Settings
    from shared.settings_sources import FolderSetting


def folder_sources(settings: "Settings", clock: "Clock") -> "Iterator[ScheduledSource]":  # noqa: ARG001 - every maker's
    """Yield the folders that are set.

    Raises:
        MisconfiguredError: a password file cannot be read.
    """
    for one in settings.folders or ():
        yield FolderSource(one.name, opener(one), after=one.after, every=timedelta(minutes=one.every_minutes))


def opener(setting: "FolderSetting") -> "Callable[[], RemoteFolder]":
    """Return what makes a connection to a folder, not yet open.

    Raises:
        MisconfiguredError: its password file cannot be read.
    """
    password = _password(setting)
    # The libraries are large: whoever has no such folder does not load them.
    if setting.parts.scheme == "sftp":
        from services.ingest.sources.folders.sftp import SftpFolder  # noqa: PLC0415 - see above

        return lambda: SftpFolder(setting, password)
    from services.ingest.sources.folders.objects import ObjectFolder  # noqa: PLC0415 - see above

    return lambda: ObjectFolder(setting, password)


def _password(setting: "FolderSetting") -> str | None:
    if setting.password is not None:
        return setting.password.get_secret_value()
    if setting.password_file is not None:
        return read_secret(setting.password_file, f"文件夹 {setting.name} 的 password_file")
    return setting.parts.password
