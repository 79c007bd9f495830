"""How a connection is set up, and how a file gets its tables."""

import sqlite3
import time
from typing import TYPE_CHECKING

from shared.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BUSY_TIMEOUT_SECONDS = 30.0
"""How long a write waits for other processes before it gives up; they hold the file for milliseconds."""

# Larger than the default of 1,000: a checkpoint rewrites every changed page of the file once, so fewer is less work.
_CHECKPOINT_PAGES = 4_000
_WAL_PAUSE_SECONDS = 0.01
_JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024


def connect(path: "Path", *, read_only: bool = False) -> sqlite3.Connection:
    """Open the file; transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            _into_wal_mode(connection)
            connection.execute("PRAGMA synchronous = FULL")  # in WAL mode, only FULL survives a power cut
            connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT_BYTES}")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def _into_wal_mode(connection: sqlite3.Connection) -> None:
    # The change needs the file to itself, and SQLite does not wait for that as it waits for a write: when several open a new
    # file at once, all but one are refused at once. The mode stays with the file, so this happens once in its life.
    deadline = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return


def migrate(connection: sqlite3.Connection, migrations: "Sequence[str]") -> None:
    """Bring the file's tables up to date, all or nothing.

    Args:
        connection: the writer's.
        migrations: scripts of plain statements; the file's ``user_version`` counts those it has seen.

    Raises:
        MisconfiguredError: the file was written by a newer version.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        seen = _version(connection, len(migrations))
        for script in migrations[seen:]:
            for statement in script.split(";"):
                connection.execute(statement)
        if seen < len(migrations):
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, newest: int) -> int:
    (seen,) = connection.execute("PRAGMA user_version").fetchone()
    if seen > newest:
        raise MisconfiguredError(
            f"数据库由更新版本的知推写成（结构版本 {seen}，本程序只认识到 {newest}）。"
            "请升级知推，或者用 ZHITUI_DATA_DIR 换一个数据目录。"
        )
    return int(seen)
