"""The fuzzer sees what must not be, and finds none of it in the first few inputs; `make fuzz` reads as many as one likes."""

import random
from collections.abc import Callable, Iterator
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import pytest

from services.ingest import formats
from services.ingest.formats import FORMATS, Format
from services.ingest.records import Document, Item, Parsed, Rejected
from shared.wire.publication import Publication
from tests.fuzz.judge import Verdict, judge
from tests.fuzz.misbehaving import die, hang
from tests.fuzz.mutations import ANYWHERE, BY_KIND, CANARY, RARELY, Mutation
from tests.fuzz.running import MOST_CPU_SECONDS, MOST_GROWN_BYTES, Input, Report, Worker, inputs, keep, run
from tests.fuzz.seeds import seeds
from tests.fuzz.worker import Told

FIRST_INPUTS = 60
FIRST_OLD_WORKBOOKS = 10
MADE_UP = b"MADE-UP"
Put = Callable[..., None]


def test_some_spoilt_inputs_of_every_format_are_read_without_a_finding() -> None:
    report = run(chain(inputs(FIRST_INPUTS, run_seed=7), inputs(FIRST_OLD_WORKBOOKS, run_seed=7, wanted="xls/")))
    assert [(given.seed, given.number, given.done, problems) for given, problems in report.findings] == []
    assert report.inputs == FIRST_INPUTS + FIRST_OLD_WORKBOOKS
    assert report.parsed > FIRST_INPUTS
    assert len(report.codes) > 10


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_every_format_has_a_seed(one: Format, recognised: set[str]) -> None:
    assert one.name in recognised


@pytest.fixture(scope="module")
def recognised(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("seeds")
    found: set[str] = set()
    for place, seed in enumerate(seeds()):
        path = folder / str(place)
        path.write_bytes(seed.content)
        found.update(judge(path, folder).formats)
    return found


def test_the_same_number_makes_the_same_input_and_another_seed_another() -> None:
    def made(seed: int) -> list[bytes]:
        return [given.content for given in inputs(60, seed)]

    assert made(3) == made(3)
    assert made(3) != made(4)


@pytest.fixture
def read_as(monkeypatch: pytest.MonkeyPatch) -> Put:
    """Put a format in front of all others that yields what a test says of the made-up file."""

    def put(*items: Item | Exception) -> None:
        def read(_document: Document, _head: bytes) -> Iterator[Item]:
            for item in items:
                if isinstance(item, Exception):
                    raise item
                yield item

        made_up = Format("made-up", lambda head: head.startswith(MADE_UP), read)
        monkeypatch.setattr(formats, "FORMATS", (made_up, *FORMATS))

    return put


def refused(**changes: object) -> Rejected:
    given = {"raw": MADE_UP, "location": "", "reason_code": "empty", "reason": "空的；请检查。", "kind": "file"}
    return Rejected(**{**given, **changes})  # type: ignore[arg-type]


GOOD = Publication(publication_number="CN110007813A", kind="A", title="一种固态电池")


@pytest.mark.parametrize(
    ("items", "finding"),
    [
        ((KeyError("x"),), "reader_failed"),
        ((refused(reason_code="made-up"),), "a code without a class"),
        ((refused(reason="unreadable"),), "no sentence for people"),
        ((refused(reason=f"读到了 {CANARY}；请检查。"),), "read from a file outside"),
        ((refused(kind="record"),), "a record of no format"),
        ((refused(kind="neither"),), "neither a record nor a file"),
        ((Parsed(msgspec.structs.replace(GOOD, abstract=CANARY), ""),), "read from a file outside"),
        ((Parsed(msgspec.structs.replace(GOOD, abstract="电" * 400_000), ""),), "too large for the bus"),
    ],
)
def test_what_must_not_be_is_seen(items: tuple[Item, ...], finding: str, read_as: Put, tmp_path: Path) -> None:
    read_as(*items)
    (tmp_path / "a").write_bytes(MADE_UP)
    assert any(finding in problem for problem in judge(tmp_path / "a", tmp_path).problems)


def test_a_record_that_is_read_alone_although_it_was_refused_among_others_is_seen(read_as: Put, tmp_path: Path) -> None:
    line = b'{"publication_number": "CN110007813A", "kind": "A", "title": "x"}'
    read_as(refused(kind="record", format="publication-jsonl", raw=line))
    (tmp_path / "a").write_bytes(MADE_UP)
    (problem,) = judge(tmp_path / "a", tmp_path).problems
    assert "refused among others, read alone" in problem


@pytest.mark.parametrize(("does", "finding"), [(hang, "no answer within 4 s"), (die, "the process died: -9")])
def test_a_worker_that_hangs_or_dies_is_a_finding_and_is_begun_anew(
    does: Callable[[Connection], None], finding: str
) -> None:
    worker = Worker(does, wall_seconds=4)
    try:
        for _ in range(2):
            assert worker.read(Input(1, "made", [], b"x")).verdict.problems == [finding]
    finally:
        worker.close()


def test_what_takes_too_long_or_too_much_is_a_finding_and_is_kept_with_what_was_done_to_it(tmp_path: Path) -> None:
    report = Report()
    given = Input(5, "a/b.csv", ["flip"], b"spoilt")
    report.count(given, Told(Verdict(), cpu_seconds=MOST_CPU_SECONDS + 1))
    report.count(given, Told(Verdict(), grown_bytes=MOST_GROWN_BYTES + 1))
    report.count(given, Told(Verdict(parsed=2, rejected=1)))
    assert [problems[0].split()[0] for _, problems in report.findings] == ["took", "grew"]
    assert (report.inputs, report.parsed, report.rejected) == (3, 2, 1)
    keep(*report.findings[0], tmp_path)
    (content,) = (path for path in tmp_path.iterdir() if path.suffix != ".txt")
    assert content.read_bytes() == b"spoilt"
    assert "a/b.csv #5" in content.with_name(f"{content.name}.txt").read_text()


@pytest.mark.parametrize(
    "way", sorted({*ANYWHERE, *RARELY, *(way for ways in BY_KIND.values() for way in ways)}, key=str)
)
def test_every_mutation_takes_whatever_is_given(way: Mutation) -> None:
    for content in (b"", b"<", b"<a>", b"{", b'{"a":1}', b"a,b\n1,2", b"PK\x03\x04", b"\x1f\x8b", bytes(range(256))):
        for number in range(5):
            assert isinstance(way(content, random.Random(number)), bytes)
