from services.demo.stages import Stages
from shared.metrics import Metrics


def test_a_stage_counts_what_its_counter_says_whatever_the_outcome() -> None:
    metrics = Metrics()
    stages = Stages(metrics)
    metrics.ingest_records.labels("accepted").inc(5)
    metrics.ingest_records.labels("rejected").inc(2)
    metrics.notifier_attempts.labels("email", "sent").inc()
    metrics.notifier_attempts.labels("email", "server").inc()
    assert stages.look()
    assert [stage.done for stage in stages.all] == [7, 0, 1]


def test_a_stage_has_finished_when_its_counter_moved_last() -> None:
    metrics = Metrics()
    stages = Stages(metrics)
    metrics.matcher_publications.inc()
    stages.look()
    finished = stages.matched.finished_after_seconds
    assert finished > 0
    assert not stages.look()
    assert stages.matched.finished_after_seconds == finished
    assert stages.read.finished_after_seconds == 0
