"""What matching costs: CPU of a publication with a title, against 1,000 and 10,000 profiles of the contract's shape.

The gazette of the reference data where it lies beside the checkout, else made titles. A profile has two groups of two and
three OR terms, drawn from words of titles; one in five excludes a term, three in ten ask for an IPC class.
"""

import csv
import random
import time
from pathlib import Path

import rjieba

from services.matcher.engine.engine import Engine
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication

GAZETTE = Path(__file__).resolve().parents[2] / "shared" / "data" / "gazette-2019-07-09"
BATCH = 500
ROUNDS = 3
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
        len(found)
        for at in range(0, len(publications), BATCH)
        for found in engine.match(publications[at : at + BATCH])
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
    return [_make_profile(number, source, publications) for number in range(count)]


def _make_profile(number: int, source: random.Random, publications: list[Publication]) -> Profile:
    seed = source.choice(publications)
    subclass = tuple(f"{symbol[:4]}*" for symbol in seed.ipc[:1])
    return Profile(
        id=f"p-{number}",
        rules=(
            Rule(
                groups=(
                    (_word(source, seed), _word(source, source.choice(publications))),
                    (_word(source, seed), *(_word(source, source.choice(publications)) for _ in range(2))),
                ),
                none=(_word(source, source.choice(publications)),) if source.random() < 0.2 else (),
                ipc=subclass if source.random() < 0.3 else (),
            ),
        ),
    )


def _word(source: random.Random, publication: Publication) -> str:
    words = [word for word in rjieba.cut(publication.title) if len(word) > 1 and word not in {"一种", "方法", "装置"}]
    if not words:
        return publication.title
    at = source.randrange(len(words))
    pair = "".join(words[at : at + 2])
    return pair if source.random() < 0.4 and pair in publication.title and len(pair) <= 6 else words[at]


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<40} {figure}")
