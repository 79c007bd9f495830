"""``zhitui ingest``: files through the configured pipeline, until they are safe on the bus."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.ingest.records import Rejected
    from shared.runtime.role import Surroundings
    from shared.store.incoming import IngestRun


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("ingest", help="把文件、zip 或文件夹读入系统；返回时，其中的公开文献已经安全保存。")
    def ingest(
        files: Annotated[list[Path], typer.Argument(help="文件、zip 或文件夹，可以多个", metavar="FILE…")],
        mapping: Annotated[Path | None, typer.Option(help="只按这个映射文件（TOML）读表格", metavar="FILE")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="每个文件输出一行 JSON")] = False,
    ) -> None:
        from services.cli.output import json_lines, table
        from services.cli.session import in_session

        runs, reasons = in_session(lambda around: _ingest(around, files, mapping))
        if as_json:
            json_lines(runs)
        else:
            counted = [(run.name, run.read, run.accepted, run.unchanged, run.corrected, run.rejected) for run in runs]
            table("读入结果", ("文件", "读取", "接受", "未变", "更正", "拒绝"), counted, empty="没有文件。")
            if reasons:
                table(
                    "拒绝的原因（原文在隔离区：zhitui quarantine list）",
                    ("原因", "条数", "例如"),
                    [(code, count, example) for code, (count, example) in reasons.items()],
                    empty="",
                )
        raise typer.Exit(0 if any(run.read > run.rejected for run in runs) else 2)


async def _ingest(
    around: "Surroundings", files: list[Path], mapping: Path | None
) -> "tuple[list[IngestRun], dict[str, tuple[int, str]]]":
    from rich.console import Console

    from services.cli.mapping import written_in
    from services.ingest.records import shown_name
    from services.ingest.sources.files import ingest_file
    from services.ingest.wiring import make_pipeline

    written = written_in(mapping) if mapping else None
    pipeline = make_pipeline(around, written=(lambda: written) if written else None)
    reasons: dict[str, tuple[int, str]] = {}
    runs = []
    with Console(stderr=True).status("正在读取…") as status:
        for path in files:

            def remember(rejected: "Rejected", name: str = shown_name(Path(path.name))) -> None:
                count, example = reasons.get(
                    rejected.reason_code, (0, f"{name} {rejected.location}：{rejected.reason}")
                )
                reasons[rejected.reason_code] = (count + 1, example)

            runs.append(
                await ingest_file(
                    path,
                    pipeline=pipeline,
                    clock=around.clock,
                    on_progress=lambda run: status.update(f"{run.name}：已读 {run.read} 条，拒绝 {run.rejected} 条"),
                    on_rejected=remember,
                )
            )
    return runs, reasons
