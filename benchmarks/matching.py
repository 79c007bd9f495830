"""What matching costs: CPU of a publication, with and without evidence, load and memory, at two sizes; then what growth costs.

`python -m benchmarks.compare` measures the same beside Lucene; `python -m benchmarks.extremes` the worst cases.
"""

import tempfile
from pathlib import Path

from benchmarks import scaling
from benchmarks.generator import FOLDER, SEED, profile_file, publication_file
from benchmarks.offline import Run, best, warm_up

MIB = 1 << 20


def run(
    *,
    profiles: tuple[int, ...] = (100_000, 1_000_000),
    documents: int = 2_000,
    length: int = 300,
    fuzziness: str = "off",
    workers: int = 1,
    rounds: int = 3,
) -> list[tuple[str, str]]:
    """Measure; the best of the rounds.

    Args:
        profiles: how many, for each measurement.
        documents: how many publications are matched.
        length: characters of title and abstract of each, about.
        fuzziness: of every profile: off, normal or loose.
        workers: with more than one, how much faster that many processes are than one is measured instead.
        rounds: how often each run is repeated.
    """
    warm_up(fuzziness)
    stream = publication_file(FOLDER, documents, length)
    if workers > 1:
        return [
            row
            for count in profiles
            for row in scaling.rows(
                profile_file(FOLDER, count, seed=SEED, fuzziness=fuzziness), stream, workers, rounds
            )
        ]
    rows = []
    cost_of_a_hit = []
    for count in profiles:
        standing = profile_file(FOLDER, count, seed=SEED, fuzziness=fuzziness)
        plain = best(standing, stream, explain=False, rounds=rounds)
        with tempfile.TemporaryDirectory() as folder:
            explained = best(standing, stream, explain=True, rounds=rounds, index=Path(folder) / "index")
        cost_of_a_hit.append(explained.micros / max(1e-9, explained.hits))
        rows += _rows(count, plain, explained)
    if len(profiles) > 1:
        figures = " → ".join(f"{cost:.1f}" for cost in cost_of_a_hit)
        rows.append((f"{profiles[0]:,} → {profiles[-1]:,} profiles: a hit with evidence", f"{figures} µs"))
    return rows


def _rows(count: int, plain: Run, explained: Run) -> list[tuple[str, str]]:
    totals = explained.totals
    candidates = totals.candidates / max(1, totals.publications)
    peak = max(plain.totals.peak_rss_bytes, totals.peak_rss_bytes)
    return [
        (f"{count:,} profiles: CPU a document, matches", f"{plain.micros:.0f} µs"),
        (f"{count:,} profiles: CPU a document, matches and evidence", f"{explained.micros:.0f} µs"),
        (f"{count:,} profiles: matches a document", f"{explained.hits:.1f} of {candidates:.1f} tried"),
        (f"{count:,} profiles: start to ready, from JSON Lines", f"{plain.start_seconds:.1f} s"),
        (f"{count:,} profiles: start to ready, from the kept index", f"{explained.start_seconds:.1f} s"),
        (f"{count:,} profiles: peak memory", f"{peak / MIB:,.0f} MiB"),
    ]


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<60} {figure}")
