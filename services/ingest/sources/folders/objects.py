"""Folders by WebDAV and S3, through OpenDAL."""

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

import opendal
from opendal import exceptions, layers

from services.ingest.sources.folders.port import ANSWER_SECONDS, RemoteFile, VanishedError
from shared.errors import RateLimitedError, RetryLaterError, SourceProblemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from shared.settings_sources import FolderSetting

_STATUS = re.compile(r"\bstatus: (\d{3})\b")
_BAD_CERTIFICATE = "invalid peer certificate"
_OTHERS = (
    exceptions.AlreadyExists,
    exceptions.ConditionNotMatch,
    exceptions.Conflict,
    exceptions.Error,
    exceptions.IsADirectory,
    exceptions.IsSameFile,
    exceptions.NotADirectory,
    exceptions.RangeNotSatisfied,
    exceptions.Unexpected,
    exceptions.Unsupported,
)
"""They have no root of their own."""

_LOGIN_STATUS = frozenset({401, 403})


class ObjectFolder:
    """See `services.ingest.sources.folders.port.RemoteFolder`.

    Args:
        password: of the login or, for S3, the secret access key.
    """

    def __init__(self, setting: "FolderSetting", password: str | None) -> None:
        self.is_atomic = setting.parts.scheme == "s3"
        with _translated():
            path = unquote(setting.parts.path)
            self._operator = _s3(setting, password) if self.is_atomic else _webdav(setting, password, path)
            # A listing of a folder that is not there is empty, and the root is taken to be there; one below it is not.
            self._above = None if self.is_atomic else _webdav(setting, password, "/")
            self._below = path.strip("/") + "/"

    async def __aenter__(self) -> Self:
        """Look whether the folder is there."""
        if self._above is not None and self._below != "/":
            with _translated():
                await self._above.stat(self._below)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is held."""

    async def files(self) -> "AsyncIterator[RemoteFile]":
        """Walk over the files."""
        with _translated():
            entries = aiter(await self._operator.list("", recursive=True))
        while True:
            with _translated():
                entry = await anext(entries, None)
            if entry is None:
                return
            if entry.metadata.is_file:
                yield _file(entry.path, entry.metadata)

    async def look(self, path: str) -> RemoteFile:
        """Return how a file is now."""
        with _translated():
            return _file(path, await self._operator.stat(path))

    async def read(self, path: str, offset: int, size: int) -> bytes:
        """Return bytes of a file."""
        with _translated():
            return bytes(await self._operator.read(path, offset=offset, size=size))

    async def move(self, path: str, target: str) -> None:
        """Move a file; S3 copies it and then removes the first."""
        with _translated():
            if not self.is_atomic:
                if "/" in target:
                    await self._operator.create_dir(target.rpartition("/")[0] + "/")
                await self._operator.rename(path, target)
            else:
                await self._operator.copy(path, target)
                await self._operator.delete(path)

    async def exists(self, path: str) -> bool:
        """Whether something is at a place."""
        with _translated():
            return bool(await self._operator.exists(path))


def _file(path: str, metadata: "opendal.types.Metadata") -> RemoteFile:
    changed = metadata.last_modified
    return RemoteFile(path, metadata.content_length, metadata.etag or (changed.isoformat() if changed else ""))


def _patient(operator: opendal.AsyncOperator) -> opendal.AsyncOperator:
    return operator.layer(layers.TimeoutLayer(timeout=ANSWER_SECONDS, io_timeout=ANSWER_SECONDS))


def _webdav(setting: "FolderSetting", password: str | None, root: str) -> opendal.AsyncOperator:
    parts = setting.parts
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    login = {"username": setting.username or unquote(parts.username or ""), "password": password or ""}
    operator = opendal.AsyncOperator(
        "webdav",
        endpoint=f"{'https' if parts.scheme == 'davs' else 'http'}://{host}{port}",
        root=root or "/",
        **{name: value for name, value in login.items() if value},
    )
    return _patient(operator)


def _s3(setting: "FolderSetting", password: str | None) -> opendal.AsyncOperator:
    parts = setting.parts
    given = {"access_key_id": setting.username, "secret_access_key": password or "", "endpoint": setting.endpoint}
    operator = opendal.AsyncOperator(
        "s3",
        bucket=parts.netloc,
        root=unquote(parts.path) or "/",
        region=setting.region,
        # The account is the one of the settings, never one that happens to lie on this machine.
        disable_config_load="true",
        disable_ec2_metadata="true",
        skip_signature="false" if setting.username else "true",
        **{name: value for name, value in given.items() if value},
    )
    return _patient(operator)


@contextmanager
def _translated() -> "Iterator[None]":
    """Translate what OpenDAL raises; its messages name addresses, so only their kind is told."""
    try:
        yield
    except exceptions.NotFound:
        raise VanishedError from None
    except exceptions.RateLimited:
        raise RateLimitedError("对方要求放慢速度，知推会等一会儿再取。") from None
    except exceptions.ConfigInvalid:
        raise SourceProblemError("远程文件夹的设置不对。请核对 ZHITUI_FOLDERS 里的 url、endpoint 和 region。") from None
    except exceptions.PermissionDenied:
        raise SourceProblemError(_NO_ACCESS) from None
    except _OTHERS as error:
        if _BAD_CERTIFICATE in str(error):
            raise SourceProblemError(
                "远程文件夹的证书不可信，没有连接。请核对地址；对方用自己的 CA 时，把它的证书加进 SSL_CERT_FILE 指的文件。"
            ) from None
        status = _STATUS.search(str(error))
        if status and int(status[1]) in _LOGIN_STATUS:
            raise SourceProblemError(_NO_ACCESS) from None
        told = f"HTTP {status[1]}" if status else type(error).__name__
        raise RetryLaterError(f"远程文件夹没有好好应答（{told}），知推会再试。请检查网络和地址。") from None
    except (TimeoutError, OSError) as error:
        raise RetryLaterError(f"远程文件夹没有应答（{type(error).__name__}），知推会再试。请检查网络和地址。") from None


_NO_ACCESS = "远程文件夹不许访问。请核对 ZHITUI_FOLDERS 里的 username 和 password，并让对方放开读取（和移动）的权限。"
