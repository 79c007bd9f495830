"""A process that answers. What is imported here is imported by who asks, too: the engine comes in where it is asked only."""

import os
import resource
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from services.matcher.lookback.answers import Answers

YIELDS = 5
"""How far a process steps back behind all others of the machine (``nice``) while it gets ready."""

_answers: "Answers | None" = None


def start(data_dir: "Path", until: "connection.Connection[None, None]") -> None:
    """Make this process one that answers.

    Args:
        data_dir: see `Answers`.
        until: it ends when the other end of this is closed, or the process that started it is gone, however that ended.
    """
    global _answers  # noqa: PLW0603 - one a process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the process that asks decides
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each array that is mapped keeps its file open
    if (parent := parent_process()) is not None:
        threading.Thread(target=_end_with, args=([parent.sentinel, until],), daemon=True).start()
    # In a thread: on Linux priorities are a thread's, and one that was lowered is not raised again.
    with ThreadPoolExecutor(1) as thread:
        _answers = thread.submit(_ready, data_dir).result()


def _ready(data_dir: "Path") -> "Answers":
    if sys.platform == "linux":
        with suppress(PermissionError):  # where a unit forbids it
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + YIELDS)
    from services.matcher.lookback.answers import Answers  # noqa: PLC0415 - see the module's beginning

    answers = Answers(data_dir)
    answers.warm()
    return answers


def _end_with(signs: "list[int | connection.Connection[None, None]]") -> None:
    connection.wait(signs)
    os._exit(0)


def answer(question: str, *given: Any) -> Any:  # noqa: ANN401 - whatever the question takes and gives
    """Answer in this process: the question is a method of `Answers`."""
    assert _answers is not None  # noqa: S101 - started before
    return getattr(_answers, question)(*given)
