"""Writing an index: what is new becomes a segment, small segments become large ones, and one file says what counts."""

import os
from contextlib import suppress
from shutil import rmtree
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from services.matcher.lookback.folder import BEFORE, CONTENTS, LOCK
from services.matcher.lookback.merging import merged
from services.matcher.lookback.past import Contents, OpenPast, Part, made_by, read_any_contents, read_contents
from services.matcher.lookback.segment import MOST, build, save
from services.matcher.lookback.values import number_key
from shared.errors import StorageFullError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from services.matcher.lookback.past import Kept, Past
    from services.matcher.lookback.segment import Segment
    from shared.wire.publication import Publication

_UNFINISHED = ".part"
GROWTH = 4
"""So many neighbours of about one size are made one."""
_LEAST = 256
"""Smaller segments are all of one size."""


class Writer:
    """Writes into a folder; one at a time may."""

    def __init__(self, folder: "Path") -> None:
        self._folder = folder
        self._open = OpenPast(folder)

    def begin(self, incarnation: str, positions: dict[int, int]) -> None:
        """Begin anew with nothing; what was whole is kept as the past before, until the new one is.

        Raises:
            StorageFullError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            there = [read_any_contents(self._folder, name) for name in (CONTENTS, BEFORE)]
            serial = max((contents.serial for contents in there if contents is not None), default=0)
            if there[0] is not None and there[0].is_whole:
                (self._folder / CONTENTS).replace(self._folder / BEFORE)
            self._commit(Contents(made_by=made_by(), serial=serial + 1, incarnation=incarnation, positions=positions))
        except OSError as error:
            raise _full(self._folder, error) from error

    def finish(self) -> None:
        """Say that all that was stored at the beginning has been read, and take away the past before.

        Raises:
            StorageFullError: the folder cannot be written.
        """
        contents = self._past().contents
        try:
            self._commit(msgspec.structs.replace(contents, serial=contents.serial + 1, is_whole=True))
            (self._folder / BEFORE).unlink(missing_ok=True)
        except OSError as error:
            raise _full(self._folder, error) from error

    def _past(self) -> "Past":
        past = self._open.latest()
        assert past is not None  # noqa: S101 - begun before
        return past

    def add(self, publications: "Sequence[Publication]", *, positions: dict[int, int] | None = None) -> int:
        """Add publications, each in place of what was known of its number, and say up to where the topic was read.

        Returns:
            How many said something new.

        Raises:
            StorageFullError: the folder cannot be written; nothing was added.
        """
        past = self._past()
        fresh, gone = _differences(past, publications)
        contents = msgspec.structs.replace(
            past.contents,
            serial=past.contents.serial + 1,
            positions=past.contents.positions if positions is None else positions,
        )
        try:
            parts = [
                self._without(kept, gone.get(number, []), contents.serial) for number, kept in enumerate(past.kept)
            ]
            for first in range(0, len(fresh), MOST):
                segment = build(fresh[first : first + MOST])
                parts.append(self._write(segment, f"s{contents.serial:08}-{first // MOST}"))
            self._commit(msgspec.structs.replace(contents, parts=tuple(part for part in parts if part is not None)))
        except OSError as error:
            raise _full(self._folder, error) from error
        return len(fresh)

    def merge(self) -> bool:
        """Make one of several segments, if it is time; return whether it was.

        Raises:
            StorageFullError: the folder cannot be written; all is as before.
        """
        past = self._open.latest()
        if past is None or (span := _due(past.kept)) is None:
            return False
        first, end = span
        some = past.kept[first:end]
        serial = past.contents.serial + 1
        try:
            segment = merged([kept.segment for kept in some], [np.flatnonzero(kept.alive) for kept in some])
            parts = [kept.part for kept in past.kept]
            parts[first:end] = [self._write(segment, f"s{serial:08}-0")]
            self._commit(msgspec.structs.replace(past.contents, serial=serial, parts=tuple(parts)))
        except OSError as error:
            raise _full(self._folder, error) from error
        return True

    def tidy(self) -> None:
        """Take away what no longer counts, or what a crash left."""
        named = {CONTENTS, LOCK}
        for name in (CONTENTS, BEFORE):
            if (contents := read_contents(self._folder, name)) is not None:
                named |= {name, *(of for part in contents.parts for of in (part.name, part.gone) if of is not None)}
        for path in self._folder.iterdir():
            if path.name not in named:
                with suppress(OSError):
                    rmtree(path) if path.is_dir() else path.unlink()

    def _write(self, segment: "Segment", name: str) -> Part:
        rmtree(self._folder / name, ignore_errors=True)  # of a writer that was killed
        save(segment, self._folder / name)
        for path in (*(self._folder / name).iterdir(), self._folder / name):
            _sync(path)
        return Part(name=name)

    def _without(self, kept: "Kept", gone: list[int], serial: int) -> Part | None:
        """Return a segment without these documents; ``None`` when nothing of it is left."""
        if not gone:
            return kept.part
        alive = kept.alive.copy()
        alive[gone] = False
        if not alive.any():
            return None
        name = f"{kept.part.name}-gone{serial:08}.npy"
        np.save(self._folder / name, np.flatnonzero(~alive).astype(np.uint16))
        _sync(self._folder / name)
        return Part(name=kept.part.name, gone=name)

    def _commit(self, contents: Contents) -> None:
        unfinished = self._folder / (CONTENTS + _UNFINISHED)
        unfinished.write_bytes(msgspec.json.encode(contents))
        _sync(unfinished)
        unfinished.replace(self._folder / CONTENTS)
        _sync(self._folder)


def _differences(
    past: "Past", publications: "Sequence[Publication]"
) -> "tuple[list[Publication], dict[int, list[int]]]":
    """Return what says something new, the last word of each number; and what that takes the place of."""
    told = {one.publication_number: one for one in publications}
    numbers = list(told)
    keys = np.fromiter(map(number_key, numbers), np.uint64, len(numbers))
    unchanged: set[str] = set()
    gone: dict[int, list[int]] = {}
    for number, kept in enumerate(past.kept):
        for at in np.flatnonzero(np.isin(keys, kept.segment.numbers.keys)).tolist():
            document = kept.segment.with_number(numbers[at])
            if document is None or not kept.alive[document]:
                continue
            if kept.segment.publication(document) == told[numbers[at]]:
                unchanged.add(numbers[at])
            else:
                gone.setdefault(number, []).append(document)
    return [told[number] for number in numbers if number not in unchanged], gone


def _due(kept: "Sequence[Kept]") -> tuple[int, int] | None:
    """Return which neighbours to make one: `GROWTH` of about one size, or one of which less than half is left."""
    sizes = [int(one.alive.sum()) for one in kept]
    for at, one in enumerate(kept):
        if 2 * sizes[at] < len(one.segment):
            return at, at + 1
    levels = [_level(size) for size in sizes]
    for first in range(len(kept) - GROWTH, -1, -1):
        end = first + GROWTH
        if len(set(levels[first:end])) == 1 and sum(sizes[first:end]) <= MOST:
            return first, end
    return None


def _level(size: int) -> int:
    level = 0
    while size > _LEAST * GROWTH**level:
        level += 1
    return level


def _sync(path: "Path") -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _full(folder: "Path", error: OSError) -> StorageFullError:
    return StorageFullError(f"回看索引写不进去：{folder}（{error.strerror}）。请腾出磁盘空间，或检查文件夹的权限。")
