"""The table of two programs on the same files."""

import msgspec

from benchmarks.offline import Run
from benchmarks.peers.lucene.peer import PeerRun

MIB = 1 << 20


class Comparison(msgspec.Struct, frozen=True):
    """Both sides on the same files.

    Attributes:
        plain: Zhitui, matches alone.
        explained: Zhitui, matches and evidence, with the profiles from a kept index.
        peer: Lucene Monitor.
        both: (publication, profile) pairs that both found, Zhitui with words alone.
        differences: how many pairs only one found, for each side and reason.
    """

    profiles: int
    plain: Run
    explained: Run
    peer: PeerRun
    both: int
    differences: dict[str, int]


def table(found: Comparison) -> list[str]:
    """Return the lines of a table in Markdown, with what the differences in matches are due to below it."""
    plain, explained, beside = found.plain, found.explained, found.peer
    documents = max(1, beside.documents)
    peak = max(plain.totals.peak_rss_bytes, explained.totals.peak_rss_bytes)
    rows = [
        ("CPU a document, matches (µs)", plain.micros, beside.micros),
        ("CPU a document, matches and evidence (µs)", explained.micros, beside.evidence_micros),
        (
            "load (s; ours from the start of the process, JSON and segmenting included)",
            plain.start_seconds,
            beside.load_seconds,
        ),
        (
            "memory (MiB; ours the peak of the process, Lucene's the heap after a collection)",
            peak / MIB,
            beside.heap_bytes / MIB,
        ),
        ("Lucene's process, CPU a document with evidence (µs)", explained.micros, beside.evidence_process_micros),
        ("Lucene's process, peak (MiB)", peak / MIB, beside.peak_rss_bytes / MIB),
    ]
    return [
        "",
        f"{found.profiles:,} profiles, {documents:,} documents; Lucene {beside.version}, Java {beside.java}",
        "",
        "| what | Zhitui | Lucene | ratio |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {_figure(ours)} | {_figure(theirs)} | {theirs / max(1e-9, ours):.1f} |"
            for name, ours, theirs in rows
        ),
        f"| tried a document | {explained.totals.candidates / documents:.1f} | {beside.candidates / documents:.1f} | |",
        f"| matches a document | {explained.hits:.1f} | {beside.matches / documents:.1f} | |",
        "",
        f"With words alone on our side, both find {found.both:,} pairs of a profile and a document. Only one finds",
        "",
        *(f"* {count:,}: {reason}" for reason, count in found.differences.items()),
    ]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
