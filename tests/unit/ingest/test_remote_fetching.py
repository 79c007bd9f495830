"""A file is fetched whole or not at all, whatever the other machine does meanwhile."""

from pathlib import Path

import pytest

from services.ingest.sources.folders import fetching
from services.ingest.sources.folders.fetching import fetch
from services.ingest.sources.folders.known import Known, mark
from services.ingest.sources.folders.port import RemoteFile, VanishedError, is_safe
from shared.errors import RetryLaterError, SourceProblemError, StorageFullError

CONTENT = b"0123456789"
FILE = RemoteFile("a.csv", 10, "1")


class Folder:
    """Holds one file; ``failures`` come, in order, before pieces (``None`` gives the piece)."""

    def __init__(self, *failures: Exception | None, content: bytes = CONTENT, now: RemoteFile = FILE) -> None:
        self.asked: list[int] = []
        self._failures = list(failures)
        self._content = content
        self._now = now

    async def look(self, path: str) -> RemoteFile:
        return self._now

    async def read(self, path: str, offset: int, size: int) -> bytes:
        self.asked.append(offset)
        if self._failures and (failure := self._failures.pop(0)) is not None:
            raise failure
        return self._content[offset : offset + size]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PIECE_BYTES", 4)
    monkeypatch.setattr(fetching, "SPARE_BYTES", 0)


async def no_pause(_seconds: float) -> None:
    pass


async def test_it_goes_on_with_the_piece_that_failed(tmp_path: Path) -> None:
    folder = Folder(None, RetryLaterError("weg"), RetryLaterError("weg"), None, None)
    assert await fetch(folder, FILE, tmp_path / "content", no_pause)
    assert (tmp_path / "content").read_bytes() == CONTENT
    assert folder.asked == [0, 4, 4, 4, 8]


async def test_it_gives_up_when_a_piece_fails_again_and_again(tmp_path: Path) -> None:
    folder = Folder(*[RetryLaterError("weg")] * 10)
    with pytest.raises(RetryLaterError):
        await fetch(folder, FILE, tmp_path / "content", no_pause)
    assert folder.asked == [0] * 4


@pytest.mark.parametrize(
    "folder",
    [
        Folder(content=CONTENT[:7]),
        Folder(None, VanishedError("weg")),
        Folder(now=RemoteFile("a.csv", 10, "2")),
        Folder(now=RemoteFile("a.csv", 11, "1")),
    ],
    ids=["shorter", "gone", "changed", "grown"],
)
async def test_what_changed_meanwhile_is_not_used(folder: Folder, tmp_path: Path) -> None:
    assert not await fetch(folder, FILE, tmp_path / "content", no_pause)


async def test_what_does_not_fit_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder()
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "SPARE_BYTES", 1024**5)
        with pytest.raises(StorageFullError):
            await fetch(folder, FILE, tmp_path / "content", no_pause)
    with pytest.raises(SourceProblemError):
        await fetch(folder, RemoteFile("a", 1024**4, "1"), tmp_path / "content", no_pause)
    assert folder.asked == []


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("a.csv", True),
        ("子 夹/公报 (1).csv", True),
        ("", False),
        ("/etc/passwd", False),
        ("../a", False),
        ("a/../../b", False),
        ("a//b", False),
        ("./a", False),
        ("a\\..\\b", False),
        ("a\nb", False),
        ("a\u202eb", False),
        ("a\udcff", False),
        ("a/" * 20 + "b", False),
        ("a" * 1001, False),
    ],
)
def test_which_paths_are_taken_from_another_machine(path: str, *, answer: bool) -> None:
    assert is_safe(path) is answer


def test_what_is_remembered_is_what_is_there() -> None:
    known = Known({})
    known.read = {mark(RemoteFile(f"{number}.csv", 1, "1")) for number in range(100)}
    known.failed = {mark(FILE)}
    again = Known(known.cursor())
    assert (again.read, again.failed, again.waiting) == (known.read, known.failed, set())
    again.keep([mark(FILE), mark(RemoteFile("7.csv", 1, "1"))])
    assert (len(again.read), len(again.failed)) == (1, 1)
    assert mark(FILE) != mark(RemoteFile("a.csv", 10, "2"))
