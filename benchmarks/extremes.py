"""The worst cases of matching: a huge document, a huge profile, a term that is in all profiles, profiles that all match.

Each is a run of `zhitui match --explain`; what it must show is that time and memory stay bounded.
"""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import accumulate, cycle, takewhile
from pathlib import Path

import msgspec

from benchmarks.corpus import Corpus, corpus
from benchmarks.documents import Stream
from benchmarks.generator import SEED, profile_lines
from benchmarks.offline import match, warm_up
from benchmarks.vocabulary import Vocabulary, terms_of
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication

MIB = 1 << 20
DOCUMENT_BYTES = 2_000_000
PROFILE_CHARACTERS = 20_000
COMMON = "电池"
EVERYWHERE = ("方法", "装置", "系统", "一种", "本发明", "包括")
"""One of these is in nearly every abstract."""


def run(profiles: int = 100_000, documents: int = 500) -> list[tuple[str, str]]:
    """Measure each case.

    Args:
        profiles: how many there are.
        documents: how many are matched where the document is not what is extreme.
    """
    warm_up()
    texts = corpus()
    ordinary = list(map(msgspec.json.Decoder(Profile).decode, profile_lines(Vocabulary(texts), profiles)))
    stream = list(Stream(texts).publications(documents, 300, seed=SEED))
    return [
        (f"a document of {DOCUMENT_BYTES:,} bytes", _figure(ordinary, [huge_document(texts)])),
        (f"a profile of {PROFILE_CHARACTERS:,} characters", _figure([*ordinary, huge_profile(texts)], stream)),
        (f"one term in all of {profiles:,} profiles", _figure(with_one_term(ordinary), stream)),
        (f"{profiles:,} profiles that all match", _figure(all_matching(profiles), stream[:10])),
    ]


def huge_document(texts: Corpus) -> Publication:
    """Return a publication whose abstract is many, one after the other, together at least `DOCUMENT_BYTES` in UTF-8."""
    sizes = accumulate(len(text.encode()) for text in cycle(texts.abstracts))
    needed = 1 + sum(1 for _ in takewhile(lambda size: size < DOCUMENT_BYTES, sizes))
    parts = (text for text, _ in zip(cycle(texts.abstracts), range(needed), strict=False))
    return Publication(publication_number="CN199999999A", kind="A", title="一种大全", abstract="".join(parts))


def huge_profile(texts: Corpus) -> Profile:
    """Return a profile of one rule with two groups, their terms together at least `PROFILE_CHARACTERS` long."""
    terms = sorted({term for title, _ in texts.titles[:20_000] for term in terms_of(title)})
    needed = 1 + sum(1 for _ in takewhile(lambda size: size < PROFILE_CHARACTERS, accumulate(map(len, terms))))
    half = needed // 2
    return Profile(id="huge", rules=(Rule(groups=(tuple(terms[:half]), tuple(terms[half:needed]))),))


def with_one_term(profiles: Iterable[Profile]) -> Iterator[Profile]:
    """Give the profiles with one and the same common term added to the first group of each."""
    for profile in profiles:
        (rule,) = profile.rules
        first, *others = rule.groups
        added = msgspec.structs.replace(rule, groups=((COMMON, *first), *others))
        yield msgspec.structs.replace(profile, rules=(added,))


def all_matching(count: int) -> Iterator[Profile]:
    """Give profiles that nearly every document matches."""
    rule = Rule(groups=(EVERYWHERE,))
    return (Profile(id=f"p-{number}", rules=(rule,)) for number in range(count))


def _figure(profiles: Iterable[Profile], publications: Iterable[Publication]) -> str:
    encode = msgspec.json.Encoder().encode
    with tempfile.TemporaryDirectory() as name:
        standing, stream = Path(name) / "profiles.jsonl", Path(name) / "publications.jsonl"
        for path, records in ((standing, profiles), (stream, publications)):
            with path.open("wb") as out:
                out.writelines(encode(record) + b"\n" for record in records)
        found = match(standing, stream, explain=True)
    return (
        f"{found.micros / 1e3:,.1f} ms CPU a document, {found.hits:,.0f} matches each; "
        f"load {found.totals.load_seconds:.1f} s, {found.totals.peak_rss_bytes / MIB:,.0f} MiB"
    )


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<56} {figure}")
