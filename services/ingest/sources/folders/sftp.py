"""Folders by SFTP, through asyncssh. Only hosts whose key is known are talked to; no agent and no configuration of the user's is used."""

import asyncio
import stat
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import unquote

import asyncssh

from services.ingest.sources.folders.port import ANSWER_SECONDS, MAX_DEPTH, RemoteFile, VanishedError
from services.ingest.sources.unfinished import is_unfinished
from shared.errors import RetryLaterError, SourceProblemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from shared.settings_sources import FolderSetting

CONNECT_SECONDS = 20.0
_HOME = "/~"

_UNKNOWN_HOST = (
    "SFTP 服务器的主机密钥不在 known_hosts 里，没有连接（可能有人冒充）。请向对方核对指纹，"
    "再用 ssh-keyscan 主机 >> known_hosts 加入，并在 ZHITUI_FOLDERS 里写 known_hosts_file。"
)
_NO_ANSWER = "SFTP 服务器没有好好应答（{}），知推会再试。请检查网络和地址。"
_NO_LOGIN = "SFTP 服务器不接受登录。请核对 ZHITUI_FOLDERS 里的 username 和 password（或 key_file）。"


class SftpFolder:
    """See `services.ingest.sources.folders.port.RemoteFolder`.

    Args:
        password: of the login, ``None`` where a key does it.
    """

    is_atomic = False

    def __init__(self, setting: "FolderSetting", password: str | None) -> None:
        self._setting = setting
        self._password = password
        path = unquote(setting.parts.path)
        self._root = (path[len(_HOME) :].lstrip("/") or ".") if path.startswith(_HOME) else path.rstrip("/") or "/"
        self._held = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Connect."""
        parts, setting = self._setting.parts, self._setting
        with _translated():
            connection = await self._held.enter_async_context(
                asyncssh.connect(
                    parts.hostname or "",
                    parts.port or 22,
                    username=setting.username or unquote(parts.username or ""),
                    password=self._password,
                    client_keys=[str(setting.key_file)] if setting.key_file else None,
                    known_hosts=str(setting.known_hosts_file) if setting.known_hosts_file else (),
                    config=None,
                    agent_path=None,
                    connect_timeout=CONNECT_SECONDS,
                    login_timeout=CONNECT_SECONDS,
                    keepalive_interval=15,
                )
            )
            try:
                self._client = await self._held.enter_async_context(connection.start_sftp_client())
            except BaseException:
                await self._held.aclose()
                raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go."""
        await self._held.aclose()

    async def files(self) -> "AsyncIterator[RemoteFile]":
        """Walk over regular files, folder by folder; links are not followed."""
        folders = [""]
        while folders:
            folder = folders.pop()
            with _translated():
                async with asyncio.timeout(ANSWER_SECONDS):
                    entries = await self._client.readdir(self._at(folder))
            for entry in sorted(entries, key=lambda one: str(one.filename)):
                name, attributes = str(entry.filename), entry.attrs
                if name in {".", ".."} or is_unfinished(name):
                    continue
                path = f"{folder}/{name}".lstrip("/")
                mode = attributes.permissions or 0
                if attributes.type == asyncssh.FILEXFER_TYPE_DIRECTORY or stat.S_ISDIR(mode):
                    if path.count("/") < MAX_DEPTH:
                        folders.append(path)
                elif attributes.type == asyncssh.FILEXFER_TYPE_REGULAR or stat.S_ISREG(mode):
                    yield RemoteFile(path, attributes.size or 0, str(attributes.mtime or 0))

    async def look(self, path: str) -> RemoteFile:
        """Return how a file is now."""
        with _translated():
            async with asyncio.timeout(ANSWER_SECONDS):
                attributes = await self._client.lstat(self._at(path))
        return RemoteFile(path, attributes.size or 0, str(attributes.mtime or 0))

    async def read(self, path: str, offset: int, size: int) -> bytes:
        """Return bytes of a file."""
        with _translated():
            async with asyncio.timeout(ANSWER_SECONDS), self._client.open(self._at(path), "rb") as file:
                return cast("bytes", await file.read(size, offset))  # of a file that is opened as bytes

    async def move(self, path: str, target: str) -> None:
        """Move a file."""
        with _translated():
            async with asyncio.timeout(ANSWER_SECONDS):
                if "/" in target:
                    await self._client.makedirs(self._at(target.rpartition("/")[0]), exist_ok=True)
                await self._client.rename(self._at(path), self._at(target))

    async def exists(self, path: str) -> bool:
        """Whether something is at a place."""
        with _translated():
            async with asyncio.timeout(ANSWER_SECONDS):
                return bool(await self._client.lexists(self._at(path)))

    def _at(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}" if path else self._root


@contextmanager
def _translated() -> "Iterator[None]":
    """Translate what asyncssh raises."""
    try:
        yield
    except asyncssh.SFTPNoSuchFile:
        raise VanishedError from None
    except asyncssh.SFTPPermissionDenied:
        raise SourceProblemError("SFTP 服务器不许这样做：没有权限。请让对方放开读取（和移动）的权限。") from None
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection) as error:
        raise RetryLaterError(_NO_ANSWER.format(type(error).__name__)) from None
    except asyncssh.SFTPError as error:
        raise SourceProblemError(
            f"SFTP 服务器做不了（{type(error).__name__}）。请让对方检查那里的文件夹、权限和磁盘。"
        ) from None
    except asyncssh.HostKeyNotVerifiable:
        raise SourceProblemError(_UNKNOWN_HOST) from None
    except asyncssh.PermissionDenied:
        raise SourceProblemError(_NO_LOGIN) from None
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, FileNotFoundError, PermissionError) as error:
        raise SourceProblemError(
            f"SFTP 的密钥文件读不了（{type(error).__name__}）。请核对 key_file（没有口令）和 known_hosts_file 的路径和权限。"
        ) from None
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise RetryLaterError(_NO_ANSWER.format(type(error).__name__)) from None
    except ValueError as error:
        raise SourceProblemError(f"SFTP 的设置不对（{type(error).__name__}）。请核对 ZHITUI_FOLDERS。") from None
