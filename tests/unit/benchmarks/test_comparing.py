"""The comparison with the peer: which Java, which labels, which table."""

from pathlib import Path

import pytest

from benchmarks.offline import Run
from benchmarks.peers.lucene.peer import PeerRun, choose
from benchmarks.peers.lucene.prepare import cut, label
from benchmarks.peers.lucene.tight import STEP_MIB, Sized, Tight, search
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


def peer_run(*, peak_mib: int = 900, loaded_mib: int = 700, cpu_seconds: float = 60.0) -> PeerRun:
    return PeerRun(
        version="10.3.0",
        java="25",
        profiles=1_000,
        documents=10,
        load_seconds=15.0,
        load_cpu_seconds=20.0,
        heap_bytes=400 << 20,
        loaded_rss_bytes=loaded_mib << 20,
        peak_rss_bytes=peak_mib << 20,
        cpu_seconds=cpu_seconds,
        candidates=330,
        matches=170,
        spans=900,
        micros=800.0,
        process_micros=900.0,
        evidence_micros=1_000.0,
        evidence_process_micros=1_200.0,
    )


def our_run() -> Run:
    totals = Totals(
        publications=10,
        matches=180,
        candidates=200,
        match_cpu_seconds=0.002,
        loaded_rss_bytes=90 << 20,
        peak_rss_bytes=100 << 20,
    )
    return Run(totals=totals, seconds=3.002)


def test_the_table_shows_both_sides_the_ratio_and_every_difference() -> None:
    ours, peer = our_run(), peer_run()
    lines = table(Comparison(1_000, ours, ours, peer, both=165, differences={"Zhitui alone: because": 5}))
    assert "| CPU a document, matches (µs) | 200 | 800 | 4.0 |" in lines
    assert "| CPU a document, matches and evidence (µs) | 200 | 1,000 | 5.0 |" in lines
    assert "| matches a document | 18.0 | 17.0 | |" in lines
    assert any(line.startswith("| load (s") and line.endswith("| 3.0 | 15.0 | 5.0 |") for line in lines)
    assert lines[-1] == "* 5: Zhitui alone: because"


def test_processes_are_compared_with_processes_the_peers_also_with_the_smallest_heaps_that_it_can_do_with() -> None:
    tight = Tight(
        roomy=Sized(3_200, peer_run()),
        unslowed=Sized(800, peer_run(peak_mib=950, loaded_mib=720, cpu_seconds=63.0)),
        surviving=Sized(500, peer_run(peak_mib=600, loaded_mib=540, cpu_seconds=120.0)),
    )
    ours = our_run()
    lines = table(Comparison(1_000, ours, ours, peer_run(), both=165, differences={}, tight=tight))
    assert "| peak of the process (MiB) | 100 | 900 | 9.0 |" in lines
    assert "| the process when all is loaded (MiB) | 90.0 | 700 | 7.8 |" in lines
    assert [line for line in lines if "Xmx" in line or "…" in line] == [
        "| peak, Lucene's smallest heap within 1.1 (with -Xmx800m, 1.05 times its CPU with a roomy heap; MiB) | 100 | 950 | 9.5 |",
        "| … the process when all is loaded (MiB) | 90.0 | 720 | 8.0 |",
        "| peak, Lucene's smallest heap at all (with -Xmx500m, 2.00 times its CPU with a roomy heap; MiB) | 100 | 600 | 6.0 |",
        "| … the process when all is loaded (MiB) | 90.0 | 540 | 6.0 |",
    ]


@pytest.mark.parametrize(("survives", "unslowed"), [(410, 410), (600, 600), (600, 1_100), (1_000, 2_900)])
def test_the_smallest_heaps_are_found_to_a_step_and_no_heap_is_tried_twice(survives: int, unslowed: int) -> None:
    tried: list[int] = []

    def measure(heap_mib: int) -> PeerRun | None:
        tried.append(heap_mib)
        if heap_mib < survives:
            return None
        return peer_run(cpu_seconds=60.0 if heap_mib >= unslowed else 67.0)

    found = search(400 << 20, measure)
    assert found.roomy.heap_mib == 3_200
    assert 0 <= found.unslowed.heap_mib - unslowed <= STEP_MIB
    assert 0 <= found.surviving.heap_mib - survives <= STEP_MIB
    assert len(tried) == len(set(tried)) <= 13


def test_a_roomy_heap_that_is_too_small_is_told() -> None:
    with pytest.raises(ValueError, match="3200 MiB is too small"):
        search(400 << 20, lambda _: None)
