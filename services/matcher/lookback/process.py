"""A process that answers. What is imported here is imported by who asks, too: the engine comes in where it is asked only."""

import os
import resource
import signal
import threading
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from services.matcher.lookback.answers import Answers

_answers: "Answers | None" = None


def start(data_dir: "Path") -> None:
    """Make this process one that answers; it ends when the one that started it does, however that ends."""
    from services.matcher.lookback.answers import Answers  # noqa: PLC0415 - see the module's beginning

    global _answers  # noqa: PLW0603 - one a process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the process that asks decides
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each array that is mapped keeps its file open
    if (parent := parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _answers = Answers(data_dir)


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(0)


def answer(question: str, *given: Any) -> Any:  # noqa: ANN401 - whatever the question takes and gives
    """Answer in this process: the question is a method of `Answers`."""
    assert _answers is not None  # noqa: S101 - started before
    return getattr(_answers, question)(*given)
