"""Zhitui beside Lucene Monitor, in one run on the same files: what each costs, and where their matches differ.

    python -m benchmarks.compare --profiles 100000 --profiles 1000000 --documents 2000
    python -m benchmarks.compare --profiles 100000 --tight

needs Maven and a Java development kit; README.md of benchmarks/peers/lucene tells how the peer is tuned. For the comparison
of matches, Zhitui runs once more with every term as ``{"match": "word"}`` and without synonym rings: what a phrase query
means.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import msgspec

from benchmarks import offline, semantics, side_by_side
from benchmarks.generator import FOLDER, SEED, profile_file, publication_file
from benchmarks.offline import records
from benchmarks.peers.lucene import peer, tight
from benchmarks.side_by_side import Comparison
from shared.wire.profile import Profile, Term, TermMatch
from shared.wire.publication import Publication

Pair = tuple[int, str]
"""(number of the publication, profile id)."""


def compare(profiles: Path, publications: Path, *, rounds: int, heap: str, is_bounded: bool = False) -> Comparison:
    """Measure one after the other, ours first.

    Args:
        profiles: JSON Lines.
        publications: JSON Lines.
        rounds: how often each figure is taken.
        heap: the most that the peer's heap may grow to.
        is_bounded: whether to search, too, how small that heap can be: some ten runs more.
    """
    plain = offline.best(profiles, publications, explain=False, rounds=rounds)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        explained = offline.best(profiles, publications, explain=True, rounds=rounds, index=folder / "index")
        with peer.prepared(profiles, publications) as runner:
            beside = runner.run(folder / "peer", rounds=rounds, heap=heap)
            bounded = tight.bound(runner, beside.heap_bytes) if is_bounded else None
        words_alone(profiles, folder / "words.jsonl")
        offline.match(folder / "words.jsonl", publications, matches=folder / "ours")
        documents = list(records(publications, Publication))
        ours = _our_pairs(folder / "ours", documents)
        theirs = _peers_pairs(folder / "peer")
        return Comparison(
            profiles=beside.profiles,
            plain=plain,
            explained=explained,
            peer=beside,
            both=len(ours & theirs),
            differences=explain(ours, theirs, profiles, documents),
            tight=bounded,
        )


def words_alone(source: Path, target: Path) -> None:
    """Write the profiles again with every term as a word and no rings."""

    def as_words(terms: tuple[str | Term, ...]) -> tuple[Term, ...]:
        return tuple(Term(text=term if isinstance(term, str) else term.text, match=TermMatch.WORD) for term in terms)

    encode = msgspec.json.Encoder().encode
    with source.open("rb") as lines, target.open("wb") as out:
        for profile in map(msgspec.json.Decoder(Profile).decode, lines):
            rules = tuple(
                msgspec.structs.replace(rule, groups=tuple(map(as_words, rule.groups)), none=as_words(rule.none))
                for rule in profile.rules
            )
            out.write(encode(msgspec.structs.replace(profile, rules=rules, rings=False)) + b"\n")


def explain(ours: set[Pair], theirs: set[Pair], profiles: Path, documents: list[Publication]) -> dict[str, int]:
    """Count the pairs that only one side found, by reason."""
    apart = sorted(ours ^ theirs)
    wanted = {profile for _, profile in apart}
    standing = {profile.id: profile for profile in records(profiles, Profile) if profile.id in wanted}
    counted: Counter[str] = Counter()
    cut: tuple[int, semantics.CutPublication] | None = None
    for number, profile in apart:
        if cut is None or cut[0] != number:
            cut = number, semantics.CutPublication(documents[number])
        if (number, profile) in ours:
            counted["Zhitui alone: " + semantics.why_ours_alone(standing[profile], cut[1])] += 1
        else:
            counted["Lucene alone: " + semantics.why_the_peers_alone(standing[profile], cut[1])] += 1
    return dict(counted.most_common())


def _our_pairs(file: Path, documents: list[Publication]) -> set[Pair]:
    numbers = {document.publication_number: number for number, document in enumerate(documents)}
    return {(numbers[found.publication_number], found.profile_id) for found in records(file, _Found)}


def _peers_pairs(file: Path) -> set[Pair]:
    rows = (line.split("\t") for line in file.read_text("utf-8").splitlines())
    return {(int(number), profile) for number, profile in rows}


class _Found(msgspec.Struct):
    profile_id: str
    publication_number: str


def main() -> None:
    """Measure each size, print the tables, keep the figures."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--profiles", type=int, action="append", help="how many; may be given several times")
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--length", type=int, default=300, help="characters of title and abstract, about")
    parser.add_argument("--profile-file", type=Path, action="append", help="instead of generated ones")
    parser.add_argument("--publication-file", type=Path, help="instead of generated ones")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--heap", default="8g", help="the most that Lucene's heap may grow to")
    parser.add_argument(
        "--tight", action="store_true", help="search how small Lucene's heap can be: some ten runs more"
    )
    parser.add_argument("--out", type=Path, default=FOLDER / "compare.json", help="where the figures are kept")
    chosen = parser.parse_args()
    stream = chosen.publication_file or publication_file(FOLDER, chosen.documents, chosen.length, seed=SEED)
    standing = chosen.profile_file or [
        profile_file(FOLDER, count, seed=SEED) for count in chosen.profiles or (100_000, 1_000_000)
    ]
    offline.warm_up()
    found = []
    for profiles in standing:
        found.append(compare(profiles, stream, rounds=chosen.rounds, heap=chosen.heap, is_bounded=chosen.tight))
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
        print("\n".join(side_by_side.table(found[-1])), flush=True)


if __name__ == "__main__":
    main()
