"""What vendors took, noted the moment they say so: what a killed process knew is known to the next.

The store knows an end only when its disk does, milliseconds later, and so many messages would come twice after a kill.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Self

import msgspec

from services.notifier.delivery.answer_file import AnswerFile, left_in
from shared.logs import get_logger
from shared.store.records import Attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.notifier.delivery.answer_file import LeftFile

FOLDER = "answers"
"""Below the data folder."""

_log = get_logger("notifier")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a vendor took.

    Attributes:
        attempt: as it ended.
        at: when.
    """

    attempt: Attempt
    at: datetime


class Answers:
    """Notes answers in a file of this process, and finds those of processes that died.

    Args:
        folder: where the files are.
    """

    def __init__(self, folder: "Path") -> None:
        self._folder = folder
        self._file: AnswerFile | None = None
        self._unwritten: dict[tuple[str, int], bytes] = {}
        self._can_note = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close(keep=bool(self._unwritten))
            self._file = None

    def note(self, attempt: Attempt, at: datetime) -> bool:
        """Note that a message was taken.

        Returns:
            Whether a kill will not undo it; without it, nothing but the store knows.
        """
        line = msgspec.json.encode(Taken(attempt=attempt, at=at)) + b"\n"
        self._unwritten[attempt.delivery_id, attempt.number] = line
        try:
            if self._file is None or not self._file.append(line):
                self._begin_anew()
        except OSError as error:
            if self._can_note:
                _log.warning("answers_not_noted", folder=str(self._folder), error=error.strerror or str(error))
            self._can_note = False
        else:
            self._can_note = True
        return self._can_note

    def written(self, attempt: Attempt) -> None:
        """Forget an answer: it is in the store."""
        self._unwritten.pop((attempt.delivery_id, attempt.number), None)

    def left(self) -> "Iterator[tuple[LeftFile, list[Taken]]]":
        """Give what dead processes noted, one file after another; remove each when all of it is in the store."""
        try:
            for file in left_in(self._folder):
                yield file, [taken for taken in map(_taken, file.lines()) if taken is not None]
        except OSError as error:
            _log.warning("answers_not_read", folder=str(self._folder), error=error.strerror or str(error))

    def _begin_anew(self) -> None:
        """Go on in a new file that holds all that the store does not know yet."""
        before, self._file = self._file, AnswerFile(self._folder, b"".join(self._unwritten.values()))
        if before is not None:
            before.close(keep=False)


def _taken(line: bytes) -> Taken | None:
    """Return what a line says, ``None`` where it was cut off."""
    try:
        return msgspec.json.decode(line, type=Taken)
    except msgspec.DecodeError:
        return None
