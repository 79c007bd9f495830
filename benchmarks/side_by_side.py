"""The table of two programs on the same files."""

import msgspec

from benchmarks.offline import Run
from benchmarks.peers.lucene.peer import PeerRun
from benchmarks.peers.lucene.tight import SLOWED, Sized, Tight

MIB = 1 << 20


class Comparison(msgspec.Struct, frozen=True):
    """Both sides on the same files.

    Attributes:
        plain: Zhitui, matches alone.
        explained: Zhitui, matches and evidence, with the profiles from a kept index.
        peer: Lucene Monitor.
        both: (publication, profile) pairs that both found, Zhitui with words alone.
        differences: how many pairs only one found, for each side and reason.
        tight: how small the peer's heap can be, if that was asked.
    """

    profiles: int
    plain: Run
    explained: Run
    peer: PeerRun
    both: int
    differences: dict[str, int]
    tight: Tight | None = None


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
        ("Lucene's process, CPU a document with evidence (µs)", explained.micros, beside.evidence_process_micros),
        ("peak of the process (MiB)", peak / MIB, beside.peak_rss_bytes / MIB),
        ("the process when all is loaded (MiB)", plain.totals.loaded_rss_bytes / MIB, beside.loaded_rss_bytes / MIB),
        *(_bounded(found.tight, peak, plain.totals.loaded_rss_bytes) if found.tight else ()),
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


def _bounded(tight: Tight, peak: int, loaded: int) -> list[tuple[str, float, float]]:
    """Return the rows of memory with the peer's heap bounded, for a peak of ours, and ours when all is loaded, in bytes."""

    def said(one: Sized) -> str:
        share = one.run.cpu_seconds / tight.roomy.run.cpu_seconds
        return f"with -Xmx{one.heap_mib}m, {share:.2f} times its CPU with a roomy heap"

    small, least = tight.unslowed, tight.surviving
    return [
        (
            f"peak, Lucene's smallest heap within {SLOWED:g} ({said(small)}; MiB)",
            peak / MIB,
            small.run.peak_rss_bytes / MIB,
        ),
        ("… the process when all is loaded (MiB)", loaded / MIB, small.run.loaded_rss_bytes / MIB),
        (f"peak, Lucene's smallest heap at all ({said(least)}; MiB)", peak / MIB, least.run.peak_rss_bytes / MIB),
        ("… the process when all is loaded (MiB)", loaded / MIB, least.run.loaded_rss_bytes / MIB),
    ]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
