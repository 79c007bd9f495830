"""What matching costs: CPU of a publication with a title, with scores and full evidence, and loading the profiles."""

import time

from benchmarks.material import make_profiles, publications
from services.matcher.engine.engine import Engine
from shared.wire.publication import Publication

BATCH = 500
ROUNDS = 3


def run(profiles: tuple[int, ...] = (1_000, 10_000), documents: int = 20_000) -> list[tuple[str, str]]:
    """Measure; the best of three rounds.

    Args:
        profiles: how many, for each measurement.
        documents: how many publications are matched.
    """
    found = publications()[:documents]
    rows = []
    for count in profiles:
        made = make_profiles(count)
        began = time.process_time()
        engine = Engine.compile(made)
        engine.match(found[:1])
        loaded = time.process_time() - began
        best, matches = min(_one_round(engine, found) for _ in range(ROUNDS))
        rows += [
            (f"{count:,} profiles: load", f"{loaded:.2f} s"),
            (
                f"{count:,} profiles: CPU a title",
                f"{best * 1e6:.0f} µs ({1 / best:,.0f}/s; {matches / len(found):.2f} matches each)",
            ),
        ]
    return rows


def _one_round(engine: Engine, found: list[Publication]) -> tuple[float, int]:
    began = time.process_time()
    matches = sum(
        len(matched) for at in range(0, len(found), BATCH) for matched in engine.match(found[at : at + BATCH])
    )
    return (time.process_time() - began) / len(found), matches


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<40} {figure}")
