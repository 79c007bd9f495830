"""Looking back over a year of publications: how quickly the index is made and asked, and whether asking holds up the portal.

Processor time of one thread, of questions that come one after the other; nothing waits for a disk once it has been read.
"""

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from benchmarks.corpus import corpus
from benchmarks.generator import FOLDER as BUILD
from benchmarks.generator import profile_lines
from benchmarks.vocabulary import Vocabulary
from benchmarks.year import year
from services.matcher.lookback.advice import Lookback
from services.matcher.lookback.answers import Answers
from services.matcher.lookback.folder import FOLDER
from services.matcher.lookback.keeper import AT_ONCE
from shared.advice import Search
from shared.wire.profile import Fuzziness, Profile, Rule
from tests.surroundings import open_surroundings

PROFILES = 100
WEEKS_OF_A_YEAR = 52
_WIDEST = Profile(id="widest", rules=(Rule(groups=(("方法", "装置"),)),))
_EXAMPLES = 20
_LOOK_EVERY_SECONDS = 0.001

Rows = list[tuple[str, str]]
T = TypeVar("T")


def run(publications: int = 100_000) -> Rows:
    """Measure.

    Args:
        publications: of a year. The index is kept in `BUILD` for the next run, as long as it is of this version.
    """
    data_dir = BUILD / f"lookback-{publications}"
    rows = make_index(data_dir, publications)
    answers = Answers(data_dir)
    answers.warm()
    profiles = [
        msgspec.json.decode(line, type=Profile) for line in profile_lines(Vocabulary(corpus()), PROFILES, seed=5)
    ]
    loose = [msgspec.structs.replace(profile, fuzziness=Fuzziness.LOOSE) for profile in profiles]
    rows += _profiles(answers, profiles, "profiles of a city")
    rows += _profiles(answers, loose, "… that look for loose variants")
    rows += _profiles(answers, [_WIDEST], "the widest there is (方法 or 装置)")
    rows += _lists(answers, profiles)
    return rows + asyncio.run(_portal(data_dir, profiles))


def make_index(data_dir: Path, publications: int) -> Rows:
    """Make the index, if there is none that is whole; return how quickly, and how large it is."""
    folder = data_dir / FOLDER
    answers = Answers(data_dir)
    contents, known, _ = answers.contents()
    rows: Rows = []
    if contents is None or not contents.is_whole or known != publications:
        shutil.rmtree(folder, ignore_errors=True)
        answers.begin("benchmark", {})
        stream = year(corpus(), publications)
        spent = 0.0
        while some := list(islice(stream, AT_ONCE)):
            encoded = [msgspec.msgpack.encode(some)]
            began = time.process_time()
            answers.add(encoded, None)
            spent += time.process_time() - began
        answers.finish()
        rows.append(
            ("index made", f"{publications / spent:,.0f} publications/s, {1e6 * spent / publications:.0f} µs each")
        )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return [*rows, ("index on disk", f"{size / publications:,.0f} bytes a publication, {size / 1e9:.2f} GB in all")]


def _profiles(answers: Answers, profiles: Sequence[Profile], called: str) -> Rows:
    latest = date.fromordinal(answers.contents()[2])
    since = latest - timedelta(weeks=WEEKS_OF_A_YEAR)
    candidates = [answers.count(profile, None).matches for profile in profiles]
    return [
        (f"{called}: matches in a year, median and most", f"{np.median(candidates):,.0f}, {max(candidates):,}"),
        (f"{called}: count of a year (goal ≤ 300 ms)", _times(lambda one: answers.count(one, None), profiles)),
        (
            f"{called}: preview of 4 weeks (goal ≤ 1 s)",
            _times(lambda one: answers.preview(one, 4, _EXAMPLES), profiles),
        ),
        (
            f"{called}: back-test of a year (goal ≤ 10 s)",
            _times(lambda one: _backtest(answers, one, since), profiles[:10]),
        ),
    ]


def _backtest(answers: Answers, profile: Profile, since: date) -> None:
    pieces = []
    for week in answers.published(since):
        first = date.fromordinal(week)
        pieces.append(answers.backtest(profile, max(since, first), first + timedelta(days=7), _EXAMPLES))
    answers.backtested(profile, since, pieces, _EXAMPLES)


def _lists(answers: Answers, profiles: Sequence[Profile]) -> Rows:
    terms = [str(profile.rules[0].groups[0][0]) for profile in profiles]
    numbers = [one.publication_number for one in answers.search(Search(text="装置")).publications]
    return [
        ("list page: one word (goal p99 ≤ 100 ms)", _times(lambda text: answers.search(Search(text=text)), terms)),
        ("list page: everything", _times(answers.search, [Search()] * 20)),
        ("list page: a class", _times(lambda text: answers.search(Search(ipc=text)), ["H01M", "G06F", "A", "H"] * 5)),
        ("words that belong to a word", _times(lambda text: answers.suggest((text,), 12), terms[:30])),
        ("a place of the IPC", _times(answers.ipc, ["", "H", "H01", "H01M", "H01M10/00"] * 4)),
        ("places of the IPC by words", _times(lambda text: answers.ipc_titles(text, 20), terms[:20])),
        ("why not", _times(lambda number: answers.why_not(profiles[0], number), numbers)),
    ]


def _times(ask: Callable[[T], object], questions: Sequence[T]) -> str:
    spent = []
    for question in questions:
        began = time.process_time()
        ask(question)
        spent.append(1e3 * (time.process_time() - began))
    return f"median {np.median(spent):,.0f} ms, p99 {np.percentile(spent, 99):,.0f} ms"


async def _portal(data_dir: Path, profiles: Sequence[Profile]) -> Rows:
    """Ask as the portal does, and see how long its event loop is held up."""
    async with open_surroundings(data_dir) as around:
        advice = Lookback(around)
        advice._keeper.is_whole.set()  # noqa: SLF001 - the index is whole, and nobody is to follow a bus here
        try:
            await advice.ready()
            longest = asyncio.create_task(_longest_pause())
            for profile in (*profiles[:20], _WIDEST):
                await advice.preview(profile)
            longest.cancel()
            pids = [process.pid for process in advice._processes._pool._processes.values()]  # type: ignore[attr-defined] # noqa: SLF001 - the same
            memory = max(map(_own_memory_bytes, pids))
            return [
                ("longest pause of the event loop during previews", f"{1e3 * await longest:.1f} ms"),
                ("memory of a process that answers, but for what it maps", f"{memory / 2**20:,.0f} MiB"),
            ]
        finally:
            await advice.close()


async def _longest_pause() -> float:
    longest = 0.0
    try:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            longest = max(longest, time.perf_counter() - began - _LOOK_EVERY_SECONDS)
    except asyncio.CancelledError:
        return longest


def _own_memory_bytes(pid: int | None) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))
