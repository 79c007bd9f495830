"""The connection to MongoDB, and what every collection needs of it."""

import warnings
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import pymongo
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.errors import ConfigurationError, InvalidURI, PyMongoError
from pymongo.read_concern import ReadConcern

from shared.errors import MisconfiguredError
from shared.store.mongo.documents import CODEC, Document
from shared.store.mongo.failures import misconfigured, translate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractContextManager

    from pymongo.asynchronous.client_session import AsyncClientSession
    from pymongo.asynchronous.collection import AsyncCollection
    from pymongo.asynchronous.database import AsyncDatabase

    from shared.settings import Settings

T = TypeVar("T")

SAFE_WRITES = WriteConcern("majority", j=True)
"""Acknowledged means: on disk at most members, so that no election takes it back."""

SAFE_READS = ReadConcern("majority")
"""What a decision is built on cannot be taken back, either."""

LEAST_VERSION = (6, 0)

PROGRAM = "zhitui"
"""What servers and their logs call its connections."""

_LONG_SECONDS = 600.0


class Link:
    """One client of one database.

    Attributes:
        database: reads and writes with majority, whatever the connection string says.
    """

    def __init__(self, client: "AsyncMongoClient[Document]", name: str) -> None:
        self._client = client
        self.database: AsyncDatabase[Document] = client.get_database(
            name, codec_options=CODEC, read_concern=SAFE_READS, write_concern=SAFE_WRITES
        )

    def __repr__(self) -> str:
        return f"Link({self.database.name!r})"  # a client's own repr tells where it connects, and with what

    def __getitem__(self, name: str) -> "AsyncCollection[Document]":
        return self.database[name]

    async def transaction(self, work: "Callable[[AsyncClientSession], Awaitable[T]]") -> "T":
        """Run work in a transaction, again when another one was in its way; it takes effect whole, or when it raises not at all."""
        async with self._client.start_session() as session:
            return await session.with_transaction(work, read_concern=SAFE_READS, write_concern=SAFE_WRITES)

    def at_one_moment(self) -> "AsyncClientSession":
        """Return a session, to be entered, whose reads all see the moment of the first one."""
        return self._client.start_session(snapshot=True)

    async def hello(self) -> Document:
        """Return what the server says of itself, for checks."""
        reply: Document = await self._client.admin.command("hello")
        reply["version"] = (await self._client.admin.command("buildInfo"))["versionArray"]
        await self.database["pings"].find_one({"_id": "ping"})  # the two above answer anybody; this wants a login
        return reply


@asynccontextmanager
async def open_link(settings: "Settings") -> "AsyncIterator[Link]":
    """Connect for as long as the context lasts.

    Raises:
        MisconfiguredError: the connection string, the login or the kind of server is wrong.
        RetryLaterError: no server answers, or there is no primary now.
    """
    client = _client(settings)
    try:
        link = Link(client, settings.mongo_database)
        try:
            _check(await link.hello())
        except PyMongoError as error:
            raise translate(error) from error
        yield link
    finally:
        await client.close()


def patiently() -> "AbstractContextManager[None]":
    """Let what is inside take minutes: reading a whole collection, building an index."""
    return pymongo.timeout(_LONG_SECONDS)


def _client(settings: "Settings") -> "AsyncMongoClient[Document]":
    if settings.mongo_uri is None:
        raise misconfigured("没有设置连接地址", "请设置 ZHITUI_MONGO_URI，例如 mongodb://主机:27017/?replicaSet=rs0")
    milliseconds = int(settings.mongo_timeout_seconds * 1000)
    try:
        with warnings.catch_warnings():
            # The library leaves an option out that it cannot read, and warns: with tls=treu it would go in the clear.
            warnings.simplefilter("error")
            return AsyncMongoClient(
                settings.mongo_uri.get_secret_value(),
                appname=PROGRAM,
                retryWrites=True,
                retryReads=True,
                serverSelectionTimeoutMS=milliseconds,
                connectTimeoutMS=min(milliseconds, 5_000),
                timeoutMS=milliseconds,
                readPreference="primary",
            )
    except (InvalidURI, ConfigurationError, ValueError, TypeError, OSError, Warning):
        # Not `from` the library's error: its text may repeat parts of the connection string.
        raise misconfigured(
            "ZHITUI_MONGO_URI 不是可用的连接地址",
            "应写成 mongodb://用户:密码@主机:27017/?replicaSet=rs0；密码里的 @ : / % 要写成 %40 %3A %2F %25，证书文件要读得到",
        ) from None


def _check(hello: Document) -> None:
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise misconfigured(
            "服务器不是副本集的成员，没有事务和可重试的写入，保证不了不丢、不重",
            "请给 mongod 加上 --replSet 并执行一次 rs.initiate()，只有一台也可以，再在 ZHITUI_MONGO_URI 里写上 replicaSet",
        )
    if tuple(hello["version"][:2]) < LEAST_VERSION:
        raise MisconfiguredError(
            f"MongoDB 的版本是 {'.'.join(map(str, hello['version'][:3]))}，知推需要 {'.'.join(map(str, LEAST_VERSION))} 或更新；请升级服务器。"
        )
