"""SQLite's result codes, each in terms of what a loop must do."""

import sqlite3
from pathlib import Path

import pytest

from shared.errors import InvalidInputError, MisconfiguredError, StorageFullError
from shared.sqlite.failures import translate

PATH = Path("/data/zhitui.db")


def failed(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("as SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (sqlite3.SQLITE_FULL, StorageFullError, "/data"),
        (sqlite3.SQLITE_IOERR_WRITE, StorageFullError, "/data"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StorageFullError, "只读"),
        (sqlite3.SQLITE_CANTOPEN, StorageFullError, "打不开"),
        (sqlite3.SQLITE_PERM, StorageFullError, "权限"),
        (sqlite3.SQLITE_BUSY, StorageFullError, "占用"),
        (sqlite3.SQLITE_LOCKED, StorageFullError, "占用"),
        (sqlite3.SQLITE_CORRUPT, MisconfiguredError, "备份"),
        (sqlite3.SQLITE_NOTADB, MisconfiguredError, "备份"),
        (sqlite3.SQLITE_TOOBIG, InvalidInputError, "拆小"),
    ],
)
def test_a_result_code_becomes_the_error_that_says_what_to_do(code: int, kind: type[Exception], says: str) -> None:
    error = translate(failed(code), PATH)
    assert type(error) is kind
    assert says in str(error)


def test_what_only_a_mistake_of_ours_explains_stays_as_it_is() -> None:
    error = failed(sqlite3.SQLITE_ERROR)
    assert translate(error, PATH) is error
