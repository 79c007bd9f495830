"""One process per role on a data folder: a lock that the kernel drops when its holder dies, however it dies."""

import fcntl
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from shared.errors import MisconfiguredError, StorageFullError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FOLDER = "roles"


@contextmanager
def hold_roles(data_dir: "Path", roles: "Sequence[str]") -> "Iterator[None]":
    """Keep every other process from running these roles on the folder, for as long as the context lasts.

    Raises:
        MisconfiguredError: another process holds one of them (the message tells its id), or the folder cannot be written.
        StorageFullError: the disk is full.
    """
    with ExitStack() as stack:
        for role in roles:
            stack.enter_context(_hold(data_dir / FOLDER / f"{role}.lock", role))
        yield


def holder(data_dir: "Path", role: str) -> int | None:
    """Return the id of the process that runs the role on this folder, ``None`` when nobody does."""
    path = data_dir / FOLDER / f"{role}.lock"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # A shared lock asks without standing in the way of another process that asks at the same moment.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid_in(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


@contextmanager
def _hold(path: "Path", role: str) -> "Iterator[None]":
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise MisconfiguredError(
            f"数据文件夹不能写：{path.parent.parent}（{error.strerror}）。请检查权限和磁盘，或用 ZHITUI_DATA_DIR 指定另一个文件夹。"
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MisconfiguredError(
                f"另一个知推进程（进程号 {_pid_in(descriptor)}）正在这个数据文件夹上运行 {role}：{path.parent.parent}。"
                "请先停止它，或用 ZHITUI_DATA_DIR 指定另一个文件夹。"
            ) from None
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise StorageFullError(
                f"数据文件夹写不进去：{path.parent.parent}（{error.strerror}）。请腾出磁盘空间后再启动。"
            ) from error
        # The file stays when the lock goes: removing it would let two processes lock two files of one name.
        yield
    finally:
        os.close(descriptor)


def _pid_in(descriptor: int) -> int:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else 0
