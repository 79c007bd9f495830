"""``zhitui bench``: the benchmarks, with their sizes as options. They come with the source, not with the package."""

import importlib
from typing import Annotated, Any

import typer

from shared.errors import MisconfiguredError
from shared.wire.profile import Fuzziness


def register(app: typer.Typer) -> None:
    """Add the commands."""
    bench = typer.Typer(
        no_args_is_help=True, help="基准测试：匹配、整条流水线、推送、回看、控制台各有多快（需要源码目录）。"
    )
    bench.command("match")(match)
    bench.command("pipeline")(pipeline)
    bench.command("notify")(notify)
    bench.command("lookback")(lookback)
    bench.command("portal")(portal)
    app.add_typer(bench, name="bench")


def match(
    profiles: Annotated[list[int] | None, typer.Option(min=1, help="订阅画像的数量，可以多次给出。")] = None,
    documents: Annotated[int, typer.Option(min=1, help="公开文献的数量。")] = 2_000,
    *,
    length: Annotated[int, typer.Option(min=100, help="每件公开标题加摘要的字数，大约。")] = 300,
    fuzziness: Annotated[Fuzziness, typer.Option(help="订阅画像的模糊程度。")] = Fuzziness.OFF,
    workers: Annotated[int, typer.Option(min=1, help="几个进程；多于 1 时只测它们快几倍。")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="每项测几遍，取最好的一遍。")] = 3,
) -> None:
    """匹配一件公开需要多少 CPU 时间，有依据和没有依据各多少；装载多久，占多少内存。"""
    _show(
        _benchmark("matching").run(
            profiles=tuple(profiles or (100_000,)),
            documents=documents,
            length=length,
            fuzziness=fuzziness.value,
            workers=workers,
            rounds=rounds,
        )
    )


def pipeline(
    profiles: Annotated[
        int | None, typer.Option(min=1, help="订阅画像的数量；默认 1,000，加 --city 时 1,000,000。")
    ] = None,
    *,
    city: Annotated[
        bool,
        typer.Option("--city", help="一座城市的一周：真实的 Kafka 和 MongoDB，各角色一个进程（需要 Java 和 Maven）。"),
    ] = False,
    publications: Annotated[int, typer.Option(min=1, help="加 --city 时：公开的数量。")] = 120_000,
    subscriptions: Annotated[
        int, typer.Option(min=1, help="加 --city 时：订阅的数量，每个一个画像、一个邮箱。")
    ] = 100_000,
) -> None:
    """整条流水线：从文件到排好的推送，每秒多少条，时间花在哪里。"""
    if not city:
        _show(_benchmark("pipeline").run(profiles=profiles or 1_000))
        return
    profiles = profiles or 1_000_000
    size = _benchmark("city.size").Size(
        publications=publications, profiles=profiles, subscriptions=min(subscriptions, profiles)
    )
    _benchmark("city.week").run(_tell, size)


def notify(mailboxes: Annotated[int, typer.Option(min=1, help="要通知的邮箱数量。")] = 500) -> None:
    """推送：每秒规划多少条摘要，发多少封邮件，调用多少次 webhook。"""
    _show(_benchmark("notify").run(mailboxes=mailboxes))


def lookback(publications: Annotated[int, typer.Option(min=1, help="一年的公开数量。")] = 100_000) -> None:
    """回看：一年的公开建索引、计数、预览、回测、搜索各需要多久。"""
    _show(_benchmark("lookback").run(publications=publications))


def portal(
    profiles: Annotated[int, typer.Option(min=1, help="所有单位的订阅画像总数。")] = 20_000,
    accounts: Annotated[int, typer.Option(min=100, help="单位的数量，每个单位一个成员。")] = 2_000,
    publications: Annotated[int, typer.Option(min=1_000, help="一年的公开数量。")] = 100_000,
) -> None:
    """控制台和接口：各页面多久答复，占多少 CPU，每秒 200 个请求是否跟得上。"""
    _show(_benchmark("portal").run(profiles=profiles, accounts=accounts, publications=publications))


def _benchmark(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return importlib.import_module(f"benchmarks.{name}")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("benchmarks"):
            raise
        raise MisconfiguredError("基准测试不随安装包提供；请下载源码，执行 make setup 后在源码目录里运行。") from error


def _show(rows: list[tuple[str, str]]) -> None:
    for name, figure in rows:
        _tell(name, figure)


def _tell(name: str, figure: str) -> None:
    typer.echo(f"{name:<60} {figure}")
