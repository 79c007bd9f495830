"""SQLite's errors in Zhitui's terms; the result codes are those of https://www.sqlite.org/rescode.html."""

import sqlite3
from typing import TYPE_CHECKING

from shared.errors import InvalidInputError, MisconfiguredError, StorageFullError

if TYPE_CHECKING:
    from pathlib import Path

_PRIMARY_CODE = 0xFF

_NO_ROOM = {
    sqlite3.SQLITE_FULL: "磁盘已满",
    sqlite3.SQLITE_IOERR: "读写磁盘出错",
    sqlite3.SQLITE_READONLY: "数据库只读",
    sqlite3.SQLITE_CANTOPEN: "打不开数据库文件",
    sqlite3.SQLITE_PERM: "没有访问权限",
}
_OCCUPIED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def translate(error: sqlite3.Error, path: "Path") -> Exception:
    """Return what the error means to a loop; an error that only a mistake of ours explains comes back as it is."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
    if code in _NO_ROOM:
        return storage_full(_NO_ROOM[code], path.parent)
    if code in _OCCUPIED:
        return StorageFullError(
            f"数据库 {path} 一直被别的进程占用，暂时写不进去；会自动重试。请看看是否有卡住的知推进程。"
        )
    if code in _DAMAGED:
        return MisconfiguredError(
            f"数据库文件 {path} 已损坏，或者不是知推的数据库（{error}）。"
            "请停止所有知推进程，把这个文件移到别处，再从备份恢复；不要直接删除。"
        )
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
        return MisconfiguredError(str(error))  # a closed store: the trigger says why
    if code == sqlite3.SQLITE_TOOBIG:
        return InvalidInputError("一条数据超过了数据库允许的大小；请拆小后再试。")
    return error


def storage_full(what: str, folder: "Path") -> StorageFullError:
    """Return the error for a folder that cannot be written, with what to do about it."""
    return StorageFullError(
        f"数据目录 {folder} 现在写不进去：{what}。请腾出空间或修好权限；恢复后会自动继续，不用重启，数据不会丢。"
    )
