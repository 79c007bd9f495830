"""Make standing profiles and publications of a realistic shape, as JSON Lines.

    python -m benchmarks.generator --profiles 1000000 --documents 2000 --out DIR

A profile is about one patent's title: two of its terms head two AND groups of two and three OR terms; the others share
two characters with the head (锂电池, 蓄电池) or come from the same subclass of the IPC. One in five excludes a term, three in
ten name a subclass or main group. Profile i depends on (seed, i) alone. A publication is a patent's abstract, with the title
that it names itself; no profile is about the same patent.
"""

import argparse
import time
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from benchmarks.corpus import corpus
from benchmarks.documents import Stream
from benchmarks.draws import lots
from benchmarks.vocabulary import Vocabulary
from shared.wire.publication import Publication

SEED = 7
FOLDER = Path(__file__).resolve().parents[1] / "build" / "bench"
"""Where the files are kept from one run to the next."""

EXCLUDING = 0.2
NAMING_A_PLACE = 0.3
ALIKE = 0.35
AT_ONCE = 10_000

_LOTS = 32
_PER_TERM = 5


def profile_lines(vocabulary: Vocabulary, count: int, *, seed: int = SEED, fuzziness: str = "off") -> Iterator[str]:
    """Give profiles as lines of JSON.

    Args:
        vocabulary: of the corpus that they are about.
        count: how many.
        seed: other seeds, other profiles.
        fuzziness: of each profile.
    """
    for first in range(0, count, AT_ONCE):
        rows = lots(seed, first, min(AT_ONCE, count - first), _LOTS).tolist()
        for number, row in enumerate(rows, start=first):
            yield _profile(vocabulary, number, row, fuzziness)


def _profile(vocabulary: Vocabulary, number: int, lot: list[float], fuzziness: str) -> str:
    pairs, weights, symbols = vocabulary.seeds[int(lot[0] * len(vocabulary.seeds))]
    heads = pairs[bisect(weights, lot[1] * weights[-1])]
    taken = set(heads)
    groups: list[list[str]] = [[heads[0]], [heads[1]]]
    owners = (0, 1, 0) if lot[2] < 0.5 else (0, 1, 1)
    for at, owner in enumerate(owners):
        groups[owner].append(_other(vocabulary, heads[owner], symbols, lot[7 + at * _PER_TERM :], taken))
    rule = '{"groups":[["' + '"],["'.join('","'.join(group) for group in groups) + '"]]'
    if lot[3] < EXCLUDING:
        rule += f',"none":["{_other(vocabulary, heads[0], symbols, lot[7 + 3 * _PER_TERM :], taken)}"]'
    if lot[4] < NAMING_A_PLACE:
        named = symbols[: 2 if lot[5] < 0.25 else 1]
        patterns = dict.fromkeys(symbol[:4] if lot[6] < 0.6 else symbol.partition("/")[0] for symbol in named)
        rule += ',"ipc":["' + '","'.join(f"{pattern}*" for pattern in patterns) + '"]'
    return (
        f'{{"id":"p-{number}","name":"{heads[0]} {heads[1]}","rules":[{rule}}}],"fields":["title","abstract"],'
        f'"fuzziness":"{fuzziness}","min_score":0.0}}\n'
    )


def _other(vocabulary: Vocabulary, head: str, symbols: tuple[str, ...], lot: list[float], taken: set[str]) -> str:
    """Return a term for the head's group that is not taken, and take it."""
    alike = vocabulary.like(head, ending=lot[1] < 0.6) if lot[0] < ALIKE else ()
    if alike and (term := alike[int(lot[2] * len(alike))]) not in taken:
        taken.add(term)
        return term
    terms, weights = vocabulary.of_class(symbols[0][:4])
    at = bisect(weights, lot[3] * weights[-1])
    for step in range(len(terms)):
        if (term := terms[(at + step) % len(terms)]) not in taken:
            taken.add(term)
            return term
    taken.add(head + head)
    return head + head


def profile_file(folder: Path, count: int, *, seed: int = SEED, fuzziness: str = "off") -> Path:
    """Write profiles, unless they are there from an earlier run; return the file."""
    path = folder / f"profiles-{count}-{fuzziness}-{seed}.jsonl"
    return _written(path, lambda: profile_lines(Vocabulary(corpus()), count, seed=seed, fuzziness=fuzziness))


def publication_file(folder: Path, count: int, length: int, *, seed: int = SEED) -> Path:
    """Write publications, unless they are there from an earlier run; return the file."""
    path = folder / f"publications-{count}-{length}-{seed}.jsonl"
    return _written(path, lambda: map(_line, Stream(corpus()).publications(count, length, seed=seed)))


def _line(publication: Publication) -> str:
    return msgspec.json.encode(publication).decode() + "\n"


def _written(path: Path, lines: Callable[[], Iterable[str]]) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as out:
            out.writelines(lines())
        part.rename(path)
    return path


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generator", description=__doc__)
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--length", type=int, default=300, help="characters of title and abstract, about")
    parser.add_argument("--fuzziness", default="off", choices=("off", "normal", "loose"))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=FOLDER)
    chosen = parser.parse_args()
    began = time.perf_counter()
    print(profile_file(chosen.out, chosen.profiles, seed=chosen.seed, fuzziness=chosen.fuzziness))
    print(publication_file(chosen.out, chosen.documents, chosen.length, seed=chosen.seed))
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
