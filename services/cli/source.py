"""``zhitui source``: how it stands with what brings publications; try it, and visit it now."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from services.ingest.sources.reports import Report
    from shared.runtime.role import Surroundings
    from shared.store.incoming import IngestRun

_AsJson = Annotated[bool, typer.Option("--json", help="以 JSON Lines 输出")]

KINDS = {"ops": "OPS 检索", "feed": "订阅源", "folder": "远程文件夹", "watch-folder": "监视文件夹", "http-push": "推送"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="来源：哪些在送公开来，是否正常；试一试，或马上取一次。")
    app.add_typer(group, name="source")
    group.command("list", help="列出来源：最近成功、最近有新公开、下次访问和问题。")(_list)
    group.command("check", help="现在试着访问定期来源，不取内容；说明是否正常、该怎么办。")(_check)
    group.command("run", help="马上访问一个定期来源，把新内容读入系统。")(_run)


def _list(as_json: _AsJson = False) -> None:
    from services.cli.output import json_lines, table
    from services.cli.session import in_session

    reports, zone = in_session(_reports)
    if as_json:
        json_lines(reports)
        return
    rows = [
        (
            report.name,
            KINDS.get(report.kind, report.kind),
            _at(report.succeeded_at, zone) or "还没有",
            _at(report.new_at, zone) or "还没有",
            _next(report, zone),
            "\n".join(remark.sentence for remark in report.remarks) or "正常",
        )
        for report in reports
    ]
    table("来源", ("名称", "种类", "最近成功", "最近有新公开", "下次访问", "情况"), rows, empty="没有来源。")


def _check(
    names: Annotated[
        list[str] | None, typer.Argument(help="来源的名称，可以多个；不写是全部", metavar="[NAME…]")
    ] = None,
    as_json: _AsJson = False,
) -> None:
    from services.cli.output import json_lines, table
    from services.cli.session import in_session

    results = in_session(lambda around: _check_all(around, names or []))
    if as_json:
        json_lines([{"name": name, "ok": ok, "detail": told} for name, ok, told in results])
    else:
        rows = [(name, "✓" if ok else "✗", told) for name, ok, told in results]
        table("检查来源", ("名称", "", "结果"), rows, empty="没有设置定期来源；怎么设置见 docs/sources.md。")
    raise typer.Exit(0 if all(ok for _, ok, _ in results) else 1)


def _run(
    name: Annotated[str, typer.Argument(help="来源的名称，见 zhitui source list", metavar="NAME")],
    as_json: _AsJson = False,
) -> None:
    from services.cli.output import json_lines, say
    from services.cli.session import in_session

    runs, problem = in_session(lambda around: _visit(around, name))
    if as_json:
        json_lines(runs)
    if problem is not None:
        say(f"来源 {name} 没有取完：{problem}")
        raise typer.Exit(1)
    new = sum(run.accepted + run.corrected for run in runs)
    say(f"来源 {name} 取完：{len(runs)} 份，{sum(run.read for run in runs)} 条记录，其中 {new} 条是新的或更正。")


async def _reports(around: "Surroundings") -> "tuple[list[Report], ZoneInfo]":
    from services.ingest.sources.configured import configured_sources
    from services.ingest.sources.reports import look

    zone = around.settings.zone
    sources = configured_sources(around.settings, around.clock)
    return await look(around.store, sources, now=around.clock.now(), zone=zone), zone


async def _check_all(around: "Surroundings", names: list[str]) -> list[tuple[str, bool, str]]:
    from services.ingest.sources.configured import configured_sources, source_named
    from services.ingest.sources.visits import checked

    sources = configured_sources(around.settings, around.clock)
    chosen = [source_named(name, sources) for name in names] or sources
    return [(source.name, *await checked(source)) for source in chosen]


async def _visit(around: "Surroundings", name: str) -> "tuple[list[IngestRun], str | None]":
    """Visit a source here, or have the process visit it that does so anyway; return what was read, and what is wrong."""
    from rich.console import Console

    from services.ingest.sources.configured import configured_sources, source_named
    from services.ingest.visit_now import visit_here, visit_there, visitor

    source = source_named(name, configured_sources(around.settings, around.clock))
    owner = await visitor(around, source)
    with Console(stderr=True).status(f"正在访问 {name}…" if owner is None else f"{owner} 正在访问 {name}…") as status:

        def show(run: "IngestRun") -> None:
            counts = f"接受 {run.accepted}，未变 {run.unchanged}，更正 {run.corrected}，拒绝 {run.rejected}"
            status.console.print(f"{run.name}：读取 {run.read}，{counts}", markup=False, soft_wrap=True)

        return await (visit_here(around, source, show) if owner is None else visit_there(around, source, show))


def _next(report: "Report", zone: "ZoneInfo") -> str:
    if not report.is_scheduled:
        return "随到随读"
    return _at(report.next_visit_at, zone) or "马上"


def _at(moment: "datetime | None", zone: "ZoneInfo") -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
