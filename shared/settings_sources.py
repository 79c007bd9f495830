"""Settings of sources that there may be several of: tables in ``zhitui.toml``, JSON in the environment.

Addresses may carry a login or a key, so they are secrets; what is shown and stored is the name.
"""

import hashlib
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

_NAME = r"^[a-z0-9][a-z0-9._-]{0,62}$"
_LEAST_MINUTES, _MOST_MINUTES = 1, 7 * 24 * 60
_KINDS_OF_FOLDERS = ("sftp", "dav", "davs", "s3")


T = TypeVar("T", "FeedSetting", "FolderSetting")


class FilesAfter(StrEnum):
    """What becomes of a file of the watch folder, or of a remote one, once it was read."""

    MOVE = "move"
    LEAVE = "leave"


class FeedSetting(BaseModel):
    """A feed: its address alone, or a table.

    Attributes:
        name: what it is known by; default: its host and six digits of its address' digest.
        url: http or https.
        every_minutes: time between visits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("", pattern=_NAME)
    url: SecretStr
    every_minutes: float = Field(60.0, ge=5, le=_MOST_MINUTES)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, given: object) -> object:
        if isinstance(given, str):
            given = {"url": given}
        if not isinstance(given, dict) or not isinstance(given.get("url"), str):
            return given
        parts = _split(given["url"])
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("url 要写成 https://主机/路径 这样的网址")
        if given.get("name"):
            return given
        digest = hashlib.sha256(given["url"].encode()).hexdigest()[:6]
        return given | {"name": f"{parts.hostname.lower()}-{digest}"}


class FolderSetting(BaseModel):
    """A folder on another machine.

    Attributes:
        name: what it is known by.
        url: ``sftp://user@host:22/path``, ``davs://host/path`` (WebDAV over TLS; ``dav`` without), ``s3://bucket/prefix``.
        username: of the login, for S3 the access key's id; may also stand in the address.
        password: of the login, for S3 the secret access key; or in ``password_file``.
        key_file: private key for SFTP.
        known_hosts_file: host keys that SFTP trusts; default: ``~/.ssh/known_hosts`` of whoever runs Zhitui.
        endpoint: of S3 services other than Amazon's.
        region: of S3.
        after: leave read files where they lie, or move them to ``done/`` and ``failed/``.
        every_minutes: time between visits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=_NAME)
    url: SecretStr
    username: str = ""
    password: SecretStr | None = None
    password_file: Path | None = None
    key_file: Path | None = None
    known_hosts_file: Path | None = None
    endpoint: str = ""
    region: str = "us-east-1"
    after: FilesAfter = FilesAfter.LEAVE
    every_minutes: float = Field(10.0, ge=_LEAST_MINUTES, le=_MOST_MINUTES)

    @model_validator(mode="after")
    def _fits(self) -> "FolderSetting":
        parts = self.parts
        if parts.scheme not in _KINDS_OF_FOLDERS or not parts.hostname:
            raise ValueError("url 要写成 sftp://用户@主机/路径、davs://主机/路径 或 s3://存储桶/前缀")
        if self.password is not None and self.password_file is not None:
            raise ValueError("password 和 password_file 只写一个")
        if self.endpoint and (parts.scheme != "s3" or _split(self.endpoint).scheme not in {"http", "https"}):
            raise ValueError("endpoint 只用于 s3，写成 https://主机 这样的网址")
        return self

    @property
    def parts(self) -> SplitResult:
        """The address, split."""
        return _split(self.url.get_secret_value())


def _split(address: str) -> SplitResult:
    """Split an address.

    Raises:
        ValueError: it is none.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise ValueError("url 不是网址；请核对方括号和端口") from None
    return parts


def _as_list(given: object) -> object:
    """Take JSON from the environment, or one address alone."""
    if not isinstance(given, str):
        return given
    text = given.strip()
    if not text.startswith(("[", "{")):
        return [text] if text else []
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError('不是合法的 JSON；请写成 [{"name":"…","url":"…"}] 这样的列表') from None
    return value if isinstance(value, list) else [value]


def _named_apart(given: "tuple[T, ...] | None") -> "tuple[T, ...] | None":
    names = [one.name for one in given or ()]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"name 有重复：{'、'.join(twice)}；请各取不同的名字")
    return given


_COMMON = (NoDecode, BeforeValidator(_as_list), AfterValidator(_named_apart))
Feeds = Annotated[tuple[FeedSetting, ...] | None, *_COMMON]
Folders = Annotated[tuple[FolderSetting, ...] | None, *_COMMON]
