"""What matching costs: CPU of a publication with a title, against 1,000 and 10,000 profiles of the contract's shape.

The gazette of the reference data where it lies beside the checkout, else made titles. A profile has two groups of two and
three OR terms, drawn from the rarer words of titles; one in five excludes a term, three in ten ask for an IPC class.
"""

import csv
import random
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import rjieba

from services.matcher.engine.engine import Engine
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication

GAZETTE = Path(__file__).resolve().parents[2] / "shared" / "data" / "gazette-2019-07-09"
BATCH = 500
ROUNDS = 3
TOO_COMMON = 0.01
"""A word in more of the titles than this is no subscriber's keyword."""

PARTS = "固态 电池 电机 激光 雷达 机床 充电 桩 网络 传感器 支架 散热 结构 控制 方法 装置 系统 显示 面板 污水 处理".split()  # fmt: skip # noqa: SIM905 - read like this


def run() -> list[tuple[str, str]]:
    """Measure; the best of three rounds."""
    publications = titles()
    rows = []
    for count in (1_000, 10_000):
        profiles = make_profiles(count, publications)
        began = time.perf_counter()
        engine = Engine.compile(profiles)
        engine.match(publications[:1])
        loaded = time.perf_counter() - began
        best, matches = min(_one_round(engine, publications) for _ in range(ROUNDS))
        rows += [
            (f"{count:,} profiles: load", f"{loaded:.2f} s"),
            (
                f"{count:,} profiles: CPU a title",
                f"{best * 1e6:.0f} µs ({1 / best:,.0f}/s; {matches / len(publications):.2f} matches each)",
            ),
        ]
    return rows


def _one_round(engine: Engine, publications: list[Publication]) -> tuple[float, int]:
    began = time.process_time()
    matches = sum(
        len(found) for at in range(0, len(publications), BATCH) for found in engine.match(publications[at : at + BATCH])
    )
    return (time.process_time() - began) / len(publications), matches


def titles(most: int = 20_000) -> list[Publication]:
    """Return publications that have a title, IPC and kind."""
    if not GAZETTE.exists():
        source = random.Random(1)
        return [
            Publication(publication_number=f"CN{n}U", kind="U", title="一种" + "".join(source.choices(PARTS, k=5)))
            for n in range(most)
        ]
    made = []
    for name in ("invention_published", "invention_granted", "utility_model"):
        rows = (GAZETTE / f"{name}.csv").read_bytes().decode("gb18030", "replace").splitlines()
        for row in csv.DictReader(rows):
            number, title = row["authorization_notice_id"], row["name"]
            if number and title:
                symbols = tuple("".join(part.split()) for part in (row["Int.Cl."] or "").split(";"))
                symbols = tuple(symbol.partition("(")[0] for symbol in symbols if symbol)
                made.append(Publication(publication_number=number, kind=number[-1], title=title, ipc=symbols))
    return made[:most]


def make_profiles(count: int, publications: list[Publication], seed: int = 7) -> list[Profile]:
    """Return profiles whose terms are words, or two words side by side, of the publications' titles."""
    source = random.Random(seed)
    cut = [rjieba.cut(publication.title) for publication in publications]
    frequency = Counter(word for words in cut for word in set(words))
    rare = {word for word, n in frequency.items() if len(word) > 1 and n <= TOO_COMMON * len(publications)}
    terms = []
    for words in cut:
        here = [word for word in words if word in rare]
        here += [a + b for a, b in pairwise(words) if {a, b} <= rare and len(a + b) <= 6]
        terms.append(here)
    usable = [number for number, here in enumerate(terms) if here]
    return [_make_profile(number, source, publications, terms, usable) for number in range(count)]


def _make_profile(
    number: int, source: random.Random, publications: list[Publication], terms: list[list[str]], usable: list[int]
) -> Profile:
    seed = source.choice(usable)

    def other() -> str:
        return source.choice(terms[source.choice(usable)])

    rule = Rule(
        groups=((source.choice(terms[seed]), other()), (source.choice(terms[seed]), other(), other())),
        none=(other(),) if source.random() < 0.2 else (),
        ipc=tuple(f"{symbol[:4]}*" for symbol in publications[seed].ipc[:1]) if source.random() < 0.3 else (),
    )
    return Profile(id=f"p-{number}", rules=(rule,))


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<40} {figure}")
