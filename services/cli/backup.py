"""``zhitui backup`` and ``zhitui restore``: an installation in one file, whichever backend it lives on."""

import asyncio
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.archive_progress import SpokenProgress
from services.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from shared.archive.manifest import Manifest
    from shared.archive.reading import Backup
    from shared.secret_box import SecretBox
    from shared.settings import Settings

_STREAM = Path("-")


def register(app: typer.Typer) -> None:
    """Add ``backup`` and ``restore``."""

    @app.command()
    def backup(
        file: Annotated[Path, typer.Argument(help="写到哪个文件；- 表示标准输出。", metavar="FILE")],
        replace: Annotated[bool, typer.Option("--replace", help="文件已存在时覆盖它。")] = False,
    ) -> None:
        """把整个系统备份成一个文件，不必停机；内置后端和 Kafka + MongoDB 都可以，恢复时也不限哪一种。"""
        if file != _STREAM and file.exists() and not replace:
            say(f"文件 {file} 已经存在；换一个名字，或加 --replace 覆盖它。")
            raise typer.Exit(1)
        began = time.monotonic()
        with _output(file) as out:
            manifest = asyncio.run(_backup(out))
        size = f"，{file.stat().st_size / 1e6:,.1f} MB" if file != _STREAM else ""
        say(
            f"备份完成：{manifest.made_at:%Y-%m-%d %H:%M:%S %Z} 时的内容{size}，用了 {time.monotonic() - began:.1f} 秒。"
        )
        say("密钥不在备份里：请另外保管 secret.key（或 ZHITUI_SECRET_KEY），没有它恢复不了地址。")

    @app.command()
    def restore(
        file: Annotated[Path, typer.Argument(help="备份文件；- 表示标准输入。", metavar="FILE")],
        replace: Annotated[
            bool, typer.Option("--replace", help="目标不是空的也照做：先删除目标上现有的内容。")
        ] = False,
        old_key_file: Annotated[
            Path | None, typer.Option("--old-key-file", help="备份用另一把密钥加密时：那把密钥的文件。")
        ] = None,
        check: Annotated[bool, typer.Option("--check", help="只检查备份文件，什么也不改。")] = False,
    ) -> None:
        """从备份恢复到现在的设置所指的后端。先检查整个文件；中断后再执行一次就会接着做。"""
        with _input(file) as path:
            asyncio.run(_restore(path, replace=replace, old_key_file=old_key_file, check_only=check))


async def _backup(out: "BinaryIO") -> "Manifest":
    from services.cli.session import open_session
    from shared.archive.backup import make_backup

    progress = SpokenProgress()
    async with open_session() as around:
        manifest, _ = await make_backup(around, out, files=kept_files(around.settings), progress=progress)
    progress.end()
    return manifest


async def _restore(path: Path, *, replace: bool, old_key_file: Path | None, check_only: bool) -> None:
    from contextlib import ExitStack

    from services.cli.session import open_session
    from services.cli.up import RoleName
    from services.matcher.kept_index import FILE as KEPT_INDEX
    from shared.archive.mending import mend_topics
    from shared.archive.reading import check_backup
    from shared.archive.restore import restore
    from shared.clock import SystemClock
    from shared.runtime.role_lock import hold_roles
    from shared.secret_box import open_secret_box
    from shared.settings import load_settings

    began = time.monotonic()
    backup = await asyncio.to_thread(check_backup, path)
    _tell(backup)
    if check_only:
        return
    settings = load_settings()
    progress = SpokenProgress()
    with ExitStack() as stack:
        if "embedded" in {settings.bus, settings.store}:
            stack.enter_context(hold_roles(settings.data_dir, list(RoleName)))
        await mend_topics(settings, SystemClock(), open_secret_box(settings))
        async with open_session(closed_too=True) as around:
            for kept in settings.data_dir.glob(f"*{KEPT_INDEX}"):  # it may know profiles that the backup does not
                kept.unlink()
            await restore(
                around,
                backup,
                files=kept_files(settings),
                replace=replace,
                old_secrets=_old_secrets(old_key_file),
                progress=progress,
            )
    progress.end()
    say(f"恢复完成，条数和校验和都已核对，用了 {time.monotonic() - began:.1f} 秒。现在可以启动各角色。")
    say("备份之后才发出的推送不在备份里，会再发一次；备份之后读入的文件请重新放进监视文件夹，已有的不会重复。")


def kept_files(settings: "Settings") -> dict[str, Path]:
    """Return the small files of the data folder that belong to an installation, by name."""
    from services.matcher.rings.rings import ACCEPTED_FILE

    return {ACCEPTED_FILE: settings.data_dir / ACCEPTED_FILE}


def _old_secrets(file: Path | None) -> "SecretBox | None":
    from shared.errors import MisconfiguredError
    from shared.secret_box import SecretBox

    if file is None:
        return None
    try:
        return SecretBox(file.read_text("ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(f"密钥文件 {file} 读不了（{error}）；请检查路径和权限。") from error


def _tell(backup: "Backup") -> None:
    manifest, totals = backup.manifest, backup.end.sections
    documents = sum(total.documents for total in totals.values())
    made = f"{manifest.made_at:%Y-%m-%d %H:%M:%S %Z}"
    say(f"备份完好：{made}，知推 {manifest.program}，来自 {manifest.bus}/{manifest.store}，共 {documents:,} 条。")


@contextmanager
def _output(file: Path) -> "Iterator[BinaryIO]":
    """Give what is written to; a file gets its name only when it is whole and safe."""
    import os

    from shared.errors import StorageFullError

    if file == _STREAM:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it names people
        with os.fdopen(descriptor, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise StorageFullError(f"备份写不到 {file}：{error.strerror or error}。请腾出空间或换一个位置。") from error
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _input(file: Path) -> "Iterator[Path]":
    """Give a file that can be read twice."""
    import shutil
    import tempfile

    from shared.errors import MisconfiguredError

    try:
        if file == _STREAM:
            with tempfile.NamedTemporaryFile(prefix="zhitui-restore-") as copy:
                shutil.copyfileobj(sys.stdin.buffer, copy)
                copy.flush()
                yield Path(copy.name)
        else:
            with file.open("rb"):
                pass
            yield file
    except OSError as error:
        raise MisconfiguredError(f"备份文件 {file} 读不了：{error.strerror or error}。请检查路径和权限。") from error
