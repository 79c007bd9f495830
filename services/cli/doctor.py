"""``zhitui doctor``: what is in order, what is not, and what to do about it. It changes nothing."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import json_lines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.portal.findings import Finding
    from shared.settings import Settings


def register(app: typer.Typer) -> None:
    """Add ``doctor``."""

    @app.command()
    def doctor(
        as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象，供程序读取。")] = False,
    ) -> None:
        """检查设置、数据、服务器和目的地，并告诉您该怎么办。没有 ✗ 时退出码为 0。"""
        from services.portal.findings import Level

        findings = asyncio.run(_collect(print_each=not as_json))
        if as_json:
            json_lines(findings)
        failed = sum(finding.level is Level.FAILED for finding in findings)
        warned = sum(finding.level is Level.WARNING for finding in findings)
        if not as_json:
            typer.echo(f"\n{len(findings)} 项检查：{failed} 项要处理，{warned} 项留意。")
        raise typer.Exit(1 if failed else 0)


async def _collect(*, print_each: bool) -> "list[Finding]":
    findings = []
    async for finding in _examine():
        findings.append(finding)
        if print_each:
            _print(finding)
    return findings


async def _examine() -> "AsyncIterator[Finding]":
    from services.cli.checks import brokers, documents, machine
    from services.portal.findings import Finding, Level
    from shared.errors import MisconfiguredError
    from shared.logs import configure_logs
    from shared.settings import load_settings

    try:
        settings = load_settings()
    except MisconfiguredError as error:
        yield Finding(level=Level.FAILED, what=f"设置读不了：{error}", remedy="改正 zhitui.toml 或环境变量后再试")
        return
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    async for finding in machine(settings):
        yield finding
        if finding.level is Level.FAILED and not settings.data_dir.is_dir():
            return
    for servers in (brokers, documents):
        async for finding in servers(settings):
            yield finding
            if finding.level is Level.FAILED:
                return
    if settings.data_dir.exists() or settings.store != "embedded":
        async for finding in _examine_data(settings):
            yield finding


async def _examine_data(settings: "Settings") -> "AsyncIterator[Finding]":
    from services.cli.checks import outside, people, sources
    from services.cli.session import open_session
    from services.ingest.sources.configured import configured_sources
    from services.ingest.sources.reports import look
    from services.portal.facts import gather_facts
    from services.portal.findings import Finding, Level, stuck, who_does_what
    from shared.clock import SystemClock
    from shared.errors import MisconfiguredError, ZhituiError

    try:
        scheduled = configured_sources(settings, SystemClock())
    except MisconfiguredError as error:
        yield Finding(level=Level.FAILED, what=f"来源的设置不对：{error}", remedy="改正后再试")
        scheduled = []
    try:
        async with open_session(settings) as around:
            facts = await gather_facts(around)
            reports = await look(around.store, scheduled, now=around.clock.now(), zone=settings.zone)
            accounts = [finding async for finding in people(around)]
    except ZhituiError as error:
        yield Finding(level=Level.FAILED, what=f"数据打不开：{error}", remedy="按上面的提示处理后再试")
        return
    for finding in stuck(facts) or [Finding(level=Level.OK, what="没有卡住的推送、目的地、订阅和文件")]:
        yield finding
    for finding in (*who_does_what(facts), *accounts):
        yield finding
    async for finding in sources(scheduled, reports):
        yield finding
    async for finding in outside(settings, {destination.channel for destination in facts.destinations}):
        yield finding


def _print(finding: "Finding") -> None:
    mark = {"ok": "✓", "warning": "！", "failed": "✗"}[finding.level.value]
    typer.echo(f"{mark} {finding.what}")
    if finding.remedy or finding.command:
        typer.echo(f"    → {'：'.join(part for part in (finding.remedy, finding.command) if part)}")
