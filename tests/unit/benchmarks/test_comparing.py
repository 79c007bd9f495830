"""The comparison with the peer: which Java, which labels, which table."""

from pathlib import Path

import pytest

from benchmarks.offline import Run
from benchmarks.peers.lucene.peer import PeerRun, choose
from benchmarks.peers.lucene.prepare import cut, label
from benchmarks.side_by_side import Comparison, table
from services.matcher.offline import Totals

OLD, NEW, NEWEST = (17, Path("/old")), (21, Path("/new")), (25, Path("/newest"))


def test_lucene_10_is_taken_where_java_is_new_enough_and_the_newest_java_runs_it() -> None:
    assert choose([NEWEST, NEW, OLD]) == ("10.3.0", 21, Path("/newest"))
    assert choose([OLD]) == ("9.11.1", 17, Path("/old"))
    assert choose([(11, Path("/ancient"))]) is None


def test_tokens_are_parted_by_blanks_and_blanks_are_none() -> None:
    assert cut("固态电池 led灯") == "固态 电池 led 灯"


def test_only_subclasses_and_main_groups_have_a_label() -> None:
    assert (label("H01M*"), label("H01M10*")) == ("H01M", "H01M10")
    for pattern in ("H01M10/052*", "H01M10", "H01*"):
        with pytest.raises(ValueError, match="neither a subclass nor a main group"):
            label(pattern)


def test_the_table_shows_both_sides_the_ratio_and_every_difference() -> None:
    totals = Totals(publications=10, matches=180, candidates=200, match_cpu_seconds=0.002, peak_rss_bytes=100 << 20)
    ours = Run(totals=totals, seconds=3.002)
    peer = PeerRun(
        version="10.3.0",
        java="25",
        profiles=1_000,
        documents=10,
        load_seconds=15.0,
        load_cpu_seconds=20.0,
        heap_bytes=400 << 20,
        peak_rss_bytes=900 << 20,
        candidates=330,
        matches=170,
        spans=900,
        micros=800.0,
        process_micros=900.0,
        evidence_micros=1_000.0,
        evidence_process_micros=1_200.0,
    )
    lines = table(Comparison(1_000, ours, ours, peer, both=165, differences={"Zhitui alone: because": 5}))
    assert "| CPU a document, matches (µs) | 200 | 800 | 4.0 |" in lines
    assert "| CPU a document, matches and evidence (µs) | 200 | 1,000 | 5.0 |" in lines
    assert "| matches a document | 18.0 | 17.0 | |" in lines
    assert any(line.startswith("| load (s") and line.endswith("| 3.0 | 15.0 | 5.0 |") for line in lines)
    assert lines[-1] == "* 5: Zhitui alone: because"
