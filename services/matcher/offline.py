"""Matching a file of publications, without a bus: chunks in, JSON Lines out, in the file's order."""

import multiprocessing
import resource
import sys
import time
import zlib
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from services.matcher.engine import storage
from services.matcher.engine.engine import Engine, compile_profiles
from services.matcher.engine.kernel import let_go_of_compiler
from services.matcher.rings.rings import Rings
from services.matcher.spill import Spill, open_spills
from shared.errors import InvalidInputError
from shared.runtime.memory import keep_freed_memory, settle_memory
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from services.matcher.engine.index import Bytes, Index

CHUNK = 100
"""Publications handed to the engine at once: what is found stays in the processor's cache until it is written."""

_CHUNKS_AHEAD = 3
_PIECE_BYTES = 1 << 20

_FIRST_PROFILE = Profile(id="first", name="预热", rules=(Rule(groups=(("预热",),), ipc=("A*",)),))
_FIRST_PUBLICATION = Publication(publication_number="", kind="", title="预热", ipc=("A01B1/00",))


class Totals(msgspec.Struct):
    """The summary of a run.

    Attributes:
        candidates: rules that were looked at closely.
        load_seconds: to read and compile the profiles, or to open their index, until the first publication can be matched.
        match_seconds: elapsed, from the first publication to the last match handed on.
        match_cpu_seconds: of all workers, reading and writing JSON included.
        loaded_rss_bytes: of the process when everything is loaded.
        peak_rss_bytes: of the largest process.
    """

    profiles: int = 0
    publications: int = 0
    matches: int = 0
    candidates: int = 0
    load_seconds: float = 0.0
    match_seconds: float = 0.0
    match_cpu_seconds: float = 0.0
    loaded_rss_bytes: int = 0
    peak_rss_bytes: int = 0

    def measure_memory(self) -> None:
        """Ask the system how large this process became."""
        self.peak_rss_bytes = max(self.peak_rss_bytes, _rss_bytes("VmHWM"))


class _Result(msgspec.Struct):
    """What a piece of a chunk gave; between processes without its lines, which lie in a spill and are so many bytes."""

    lines: bytes | memoryview
    publications: int
    matches: int
    candidates: int
    cpu_seconds: float
    peak_rss_bytes: int
    size: int = 0


def _rss_bytes(which: str) -> int:
    """Return how large this process is (``VmRSS``) or became (``VmHWM``); on Linux without what it was before it became this program.

    Elsewhere only the second is known, and given for both.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith(which):
                return 1024 * int(line.split()[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class OfflineMatcher:
    """Profiles compiled once, for a file or many."""

    def __init__(self, index: "Index", totals: Totals, *, evidence: bool) -> None:
        began = time.perf_counter()
        self._engine = Engine(index)
        _load_what_matches(self._engine)
        self._totals = totals
        self._evidence = evidence
        self._spills: list[Spill] = []
        totals.profiles = len(self._engine)
        totals.loaded_rss_bytes = _rss_bytes("VmRSS")
        totals.load_seconds += time.perf_counter() - began

    def match_file(self, path: "Path", *, workers: int) -> "Iterator[bytes | memoryview]":
        """Give the matches of a file as JSON Lines, in pieces; each is there until the next is asked for.

        Raises:
            InvalidInputError: the file, or a line of it, cannot be read; the message names it.
        """
        keep_freed_memory()
        began = time.perf_counter()
        if workers == 1:
            for first, lines in _chunks(path):
                yield from map(self._count, self._match_chunk(path, first, lines))
            self._totals.match_seconds += time.perf_counter() - began
            return
        global _inherited  # noqa: PLW0603 - forked workers share the compiled profiles instead of copying them
        _inherited = self
        try:
            fork = multiprocessing.get_context("fork")
            with (
                open_spills(workers * _CHUNKS_AHEAD + 1) as self._spills,
                ProcessPoolExecutor(workers, mp_context=fork) as pool,
            ):
                free = list(range(len(self._spills)))
                waiting: deque[tuple[Future[list[_Result]], int]] = deque()
                for first, lines in _chunks(path):
                    if not free:
                        yield from self._take(*waiting.popleft(), free)
                    number = free.pop()
                    waiting.append((pool.submit(_in_worker, path, first, lines, number), number))
                while waiting:
                    yield from self._take(*waiting.popleft(), free)
                self._totals.match_seconds += time.perf_counter() - began
        finally:
            _inherited, self._spills = None, []

    def _take(self, done: "Future[list[_Result]]", number: int, free: list[int]) -> "Iterator[bytes | memoryview]":
        spill = self._spills[number]
        at = 0
        for result in done.result():
            self._count(result)
            yield spill.read(result.size, at)
            at += result.size
        spill.trim()
        free.append(number)

    def _leave_chunk(self, path: "Path", first: int, lines: list[bytes], number: int) -> "Iterator[_Result]":
        """Match a chunk, and leave what there is to say about it in a spill."""
        spill = self._spills[number]
        at = 0

        def room() -> "Bytes":
            return spill.room(at)

        for result in self._match_chunk(path, first, lines, room):
            size = len(result.lines)
            spill.write(result.lines, at)
            at += size
            yield msgspec.structs.replace(result, lines=b"", size=size)

    def _match_chunk(
        self, path: "Path", first: int, lines: list[bytes], room: "Callable[[], Bytes] | None" = None
    ) -> "Iterator[_Result]":
        """Match a chunk; what there is to say about it comes in pieces, so that it need not lie in memory at once."""
        began = time.process_time()
        publications = _decode(path, first, lines)
        for found in self._engine.find(publications, evidence=self._evidence):
            done, matches, candidates = len(found.publications), len(found), found.candidates
            for piece in found.json_pieces(room):
                spent, began = time.process_time() - began, time.process_time()
                yield _Result(piece, done, matches, candidates, spent, _rss_bytes("VmHWM"))
                began = time.process_time()
                done = matches = candidates = 0

    def _count(self, result: _Result) -> bytes | memoryview:
        self._totals.publications += result.publications
        self._totals.matches += result.matches
        self._totals.candidates += result.candidates
        self._totals.match_cpu_seconds += result.cpu_seconds
        self._totals.peak_rss_bytes = max(self._totals.peak_rss_bytes, result.peak_rss_bytes)
        return result.lines


def _load_what_matches(engine: Engine) -> None:
    """Load kernels and dictionaries, and let go of what only the loading needed."""
    for found in engine.find([_FIRST_PUBLICATION]):
        found.json()
    let_go_of_compiler()
    settle_memory()


_inherited: OfflineMatcher | None = None


def _in_worker(path: "Path", first: int, lines: list[bytes], number: int) -> list[_Result]:
    assert _inherited is not None  # noqa: S101 - set before the pool forks
    return list(_inherited._leave_chunk(path, first, lines, number))  # noqa: SLF001 - the same object, in another process


def read_publications(path: "Path") -> "Iterator[list[Publication]]":
    """Read a file of publications, one JSON object a line, in pieces.

    Raises:
        InvalidInputError: the file, or a line of it, cannot be read; the message names it.
    """
    for first, lines in _chunks(path):
        yield _decode(path, first, lines)


def _chunks(path: "Path") -> "Iterator[tuple[int, list[bytes]]]":
    """Give (number of the first line, lines)."""
    try:
        with path.open("rb") as file:
            lines: list[bytes] = []
            first = 1
            for number, line in enumerate(file, start=1):
                lines.append(line)
                if len(lines) == CHUNK:
                    yield first, lines
                    first, lines = number + 1, []
            if lines:
                yield first, lines
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: "Path", error: OSError) -> InvalidInputError:
    return InvalidInputError(f"{path}：无法读取（{error.strerror}），请检查路径和权限")


def _decode(path: "Path", first: int, lines: list[bytes]) -> list[Publication]:
    decoder = msgspec.json.Decoder(Publication)
    publications = []
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        try:
            publications.append(decoder.decode(line.removeprefix(b"\xef\xbb\xbf")))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InvalidInputError(
                f"{path} 第 {number} 行不是公开（{error}）；请用 zhitui parse 生成这个文件，或改正这一行"
            ) from error
    return publications


def open_index(
    profiles: "Callable[[], Iterable[Profile]]", source: "Path", rings: Rings, kept: "Path | None", totals: Totals
) -> "Index":
    """Compile profiles, or take them from an index that an earlier run kept of the same file.

    Args:
        profiles: gives them.
        source: where they come from; an index of a file of another content is stale.
        rings: the synonym rings.
        kept: where an index is kept; ``None`` keeps none.
        totals: `Totals.load_seconds` is filled in.

    Raises:
        InvalidInputError: the source cannot be read, or the index not kept; the message names the file.
    """
    began = time.perf_counter()
    index = _compiled(profiles, rings) if kept is None else _kept_index(profiles, source, rings, kept)
    totals.load_seconds = time.perf_counter() - began
    return index


def _compiled(profiles: "Callable[[], Iterable[Profile]]", rings: Rings) -> "Index":
    """Compile profiles; a single one first, so that what loading takes for a moment is not there when memory is needed most."""
    _load_what_matches(Engine.compile([_FIRST_PROFILE], rings))
    return compile_profiles(profiles(), rings)


def _kept_index(profiles: "Callable[[], Iterable[Profile]]", source: "Path", rings: Rings, kept: "Path") -> "Index":
    made_by = storage.provenance(rings)
    content = _checksum(source)
    with suppress(storage.UnusableIndexError):
        index, note = storage.load(kept, provenance=made_by)
        if note == {"content": content}:
            return index
    index = _compiled(profiles, rings)
    try:
        storage.save(index, kept, provenance=made_by, note={"content": content})
    except OSError as error:
        raise InvalidInputError(f"{kept}：无法写入（{error.strerror}），请检查路径、权限和磁盘空间") from error
    return index


def _checksum(path: "Path") -> int:
    checksum = 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                checksum = zlib.crc32(piece, checksum)
    except OSError as error:
        raise _unreadable(path, error) from error
    return checksum << 32 | path.stat().st_size & 0xFFFFFFFF
