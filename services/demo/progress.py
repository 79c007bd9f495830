"""How the demonstration shows that it works: moving bars on a terminal, plain lines anywhere else."""

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.demo.stages import Stages

LINE_EVERY_SECONDS = 0.5


@contextmanager
def shown_progress() -> "Iterator[Callable[[Stages], None]]":
    """Give what is to be told of every change; it draws on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks = [progress.add_task(name, total=None, said="") for name in ("读取", "匹配", "推送")]

        def tell(stages: "Stages") -> None:
            for task, stage in zip(tasks, stages.all, strict=True):
                progress.update(task, completed=stage.done, said=f"{stage.done} {stage.unit}")

        yield tell


def _lines() -> "Callable[[Stages], None]":
    told_at = float("-inf")

    def tell(stages: "Stages") -> None:
        nonlocal told_at
        if (now := time.monotonic()) - told_at < LINE_EVERY_SECONDS:
            return
        told_at = now
        sys.stderr.write("  " + "  ".join(f"{s.name} {s.done} {s.unit}" for s in stages.all) + "\n")
        sys.stderr.flush()

    return tell
