"""Checks of this machine: settings, folders, database file, HTTP port."""

import asyncio
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services.portal.findings import Finding, Level
from shared.runtime.role_lock import holder
from shared.settings import CONFIG_FILE, PREFIX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.settings import Settings

LITTLE_FREE_BYTES = 1024**3
TOO_LITTLE_FREE_BYTES = 100 * 1024**2

ROLES = ("ingest", "matcher", "notifier", "portal")


async def machine(settings: "Settings") -> "AsyncIterator[Finding]":
    """Look at settings, folders, database and port, in this order."""
    for check in (
        _settings,
        _time_zone,
        _holidays,
        _data_folder,
        _watch_folder,
        _mappings,
        _database,
        _processes,
        _http_port,
    ):
        for finding in await asyncio.to_thread(check, settings):
            yield finding


def _ok(what: str) -> Finding:
    return Finding(level=Level.OK, what=what)


def _settings(settings: "Settings") -> list[Finding]:
    file = Path(CONFIG_FILE).absolute()
    variables = sorted(name for name in os.environ if name.startswith(PREFIX))
    known = {f"{PREFIX}{name.upper()}" for name in type(settings).model_fields}
    unknown = [name for name in variables if name.removesuffix("_FILE") not in known and name not in known]
    sources = [str(file) if file.exists() else f"没有 {CONFIG_FILE}", *(variables or ["没有环境变量"])]
    findings = [_ok(f"设置：{'、'.join(sources)}")]
    if unknown:
        findings.append(
            Finding(
                level=Level.WARNING,
                what=f"不认识的环境变量，不起作用：{'、'.join(unknown)}",
                remedy="检查拼写；全部设置见 docs/operations.md",
            )
        )
    return findings


def _holidays(settings: "Settings") -> list[Finding]:
    from services.notifier.planning.workdays import is_published

    year = datetime.now(settings.zone).year
    if is_published(year):
        return [_ok(f"节假日：{year} 年的放假和调休安排已知")]
    return [
        Finding(
            level=Level.WARNING,
            what=f"节假日：这个版本不知道 {year} 年的放假和调休安排，“只在工作日推”按周末和法定节假日算，不认识调休",
            remedy="升级知推",
        )
    ]


def _mappings(settings: "Settings") -> list[Finding]:
    from services.ingest.mapping.folder import MappingFolder

    folder = MappingFolder(settings.mappings_folder)
    layouts = folder().layouts
    findings = [_ok(f"映射文件：{settings.mappings_folder} 里有 {len(layouts)} 个")] if layouts else []
    return findings + [
        Finding(
            level=Level.WARNING,
            what=problem,
            remedy="改正后再试；它现在不起作用",
            command="zhitui mapping check 映射文件 表格",
        )
        for problem in folder.problems
    ]


def _time_zone(settings: "Settings") -> list[Finding]:
    return [_ok(f"时区：{settings.timezone}（推送时间和免打扰时段按它计算）")]


def _data_folder(settings: "Settings") -> list[Finding]:
    folder = settings.data_dir.absolute()
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return [
            Finding(
                level=Level.FAILED,
                what=f"数据文件夹不能写：{folder}",
                remedy="检查权限和磁盘，或用 ZHITUI_DATA_DIR 指定另一个文件夹",
            )
        ]
    free = shutil.disk_usage(there).free
    if free < LITTLE_FREE_BYTES:
        return [
            Finding(
                level=Level.FAILED if free < TOO_LITTLE_FREE_BYTES else Level.WARNING,
                what=f"数据文件夹所在磁盘只剩 {free / 1024**2:,.0f} MiB：{folder}",
                remedy="腾出空间；写满后会停下来等，不会丢失数据",
            )
        ]
    state = f"剩余 {free / 1024**3:,.1f} GiB" if there == folder else "第一次运行 zhitui up 时创建"
    return [_ok(f"数据文件夹：{folder}（{state}）")]


def _watch_folder(settings: "Settings") -> list[Finding]:
    folder = settings.watch_folder.absolute()
    if not folder.exists():
        return [_ok(f"监视文件夹：{folder}（第一次运行 zhitui up 时创建）")]
    needed = os.R_OK | os.X_OK | (os.W_OK if settings.files_after.value == "move" else 0)
    if not folder.is_dir() or not os.access(folder, needed):
        return [
            Finding(
                level=Level.FAILED,
                what=f"监视文件夹读不了，或不能把读完的文件移走：{folder}",
                remedy="给运行知推的用户读写权限，或设置 ZHITUI_FILES_AFTER=leave",
            )
        ]
    return [_ok(f"监视文件夹：{folder}")]


def _database(settings: "Settings") -> list[Finding]:
    path = settings.data_dir / "zhitui.db"
    if "embedded" not in {settings.bus, settings.store} or not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
            result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        result = str(error)
    if result != "ok":
        return [
            Finding(
                level=Level.FAILED,
                what=f"数据库已损坏：{path}（{result}）",
                remedy="停止知推，用最近的备份替换这个文件；步骤见 docs/operations.md",
            )
        ]
    return [_ok(f"数据库完好：{path}（{path.stat().st_size / 1024**2:,.1f} MiB）")]


def _processes(settings: "Settings") -> list[Finding]:
    running = {role: pid for role in ROLES if (pid := holder(settings.data_dir, role)) is not None}
    if not running:
        return [_ok("知推没有在这个数据文件夹上运行（用 zhitui up 启动）")]
    return [_ok(f"正在运行：{'、'.join(f'{role}（进程号 {pid}）' for role, pid in running.items())}")]


def _http_port(settings: "Settings") -> list[Finding]:
    host, port = settings.http_host, settings.http_port
    if port == 0:
        return [_ok("HTTP 端口：启动时自动选一个空闲的")]
    if any(holder(settings.data_dir, role) is not None for role in ROLES):
        return [_ok(f"HTTP 端口 {port}：知推自己在用")]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the server does: a port whose last connections are just closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return [
                Finding(
                    level=Level.FAILED,
                    what=f"HTTP 端口 {host}:{port} 不能用：{error.strerror}",
                    remedy="用 ZHITUI_HTTP_PORT 换一个端口",
                    command=f"ZHITUI_HTTP_PORT={port % 65535 + 1} zhitui up",
                )
            ]
    return [_ok(f"HTTP 端口 {port} 空闲")]
