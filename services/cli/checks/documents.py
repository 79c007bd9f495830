"""Checks of MongoDB: whether it can be reached with the settings, and whether the database's structure is this version's."""

from typing import TYPE_CHECKING

from services.portal.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.settings import Settings
    from shared.store.mongo.documents import Document

CONNECT_SECONDS = 5.0

_ENOUGH_MEMBERS = 3


async def documents(settings: "Settings") -> "AsyncIterator[Finding]":
    """Look at the servers and the structure, when the store is on MongoDB."""
    if settings.store != "mongo":
        return
    from shared.errors import ZhituiError
    from shared.store.mongo.link import open_link
    from shared.store.mongo.migrations import version_of

    patience = min(settings.mongo_timeout_seconds, CONNECT_SECONDS)
    try:
        async with open_link(settings.model_copy(update={"mongo_timeout_seconds": patience})) as link:
            hello = await link.hello()
            version = await version_of(link)
    except ZhituiError as error:
        yield Finding(level=Level.FAILED, what=str(error), remedy="按上面的提示处理后再试")
        return
    yield _members(hello)
    yield _structure(settings.mongo_database, version)


def _members(hello: "Document") -> Finding:
    hosts = hello.get("hosts", [])
    version = ".".join(map(str, hello["version"][:3]))
    what = f"MongoDB {version} 可以连接：副本集 {hello.get('setName', '（经 mongos）')}，{len(hosts)} 台"
    if hosts and len(hosts) < _ENOUGH_MEMBERS:
        return Finding(
            level=Level.WARNING,
            what=what,
            remedy="少于三台时坏一台就会停下来等，也只有一份数据；试用可以，正式使用请用三台",
        )
    return Finding(level=Level.OK, what=what)


def _structure(database: str, version: int) -> Finding:
    from shared.store.mongo.migrations import LATEST

    if version in {0, LATEST}:
        state = f"结构版本 {version}" if version else "还是空的，第一次启动时准备"
        return Finding(level=Level.OK, what=f"数据库 {database}：{state}")
    if version < LATEST:
        return Finding(
            level=Level.FAILED,
            what=f"数据库 {database} 的结构是版本 {version}，这个程序需要版本 {LATEST}，服务启动不了",
            remedy="升级它的结构，可先用 --dry-run 看看",
            command="zhitui store migrate",
        )
    return Finding(
        level=Level.FAILED,
        what=f"数据库 {database} 的结构是版本 {version}，比这个程序认识的 {LATEST} 新",
        remedy="升级知推",
    )
