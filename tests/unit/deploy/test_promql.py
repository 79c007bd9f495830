"""The reader of queries understands what is right and refuses what is not."""

import pytest

from tests.unit.deploy.metrics import mistakes
from tests.unit.deploy.promql import UnreadableQueryError, read


def test_a_query_tells_its_metrics_labels_and_groups() -> None:
    query = read('sum by (topic) (rate(a_total{x="1", y=~"b|c"}[5m])) / (max(b offset 1h) or vector(0)) > 0.5')
    assert [(s.metric, s.matchers, s.is_range) for s in query.selectors] == [
        ("a_total", (("x", "=", "1"), ("y", "=~", "b|c")), True),
        ("b", (), False),
    ]
    assert query.groupings == [(("topic",), ("a_total",)), ((), ("b",))]


@pytest.mark.parametrize(
    "text",
    [
        "sum(",
        "sum by topic (a)",
        "rate(a)",
        "rate(a[5m]",
        "a{x}",
        'a{x="1"',
        "a[5 minutes]",
        "a b",
        "a +",
        "rates(a[5m])",
        "histogram_quantile(a)",
        "a > 'x",
        "a[5m:1m]",
        "",
    ],
)
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(UnreadableQueryError):
        read(text)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ('zhitui_lags{job="zhitui"}', "no metric zhitui_lags"),
        ('zhitui_lag{job="zhitui", partition="1"}', "zhitui_lag has no label partition"),
        ('zhitui_lag{job="zhitui", group="matchers"}', "group is never matchers"),
        ('zhitui_ingest_inputs_total{job="zhitui", result="broken"}', "does not tell of result broken"),
        ('sum by (channel) (zhitui_lag{job="zhitui"})', "zhitui_lag has no label channel"),
        ("zhitui_lag", "of all jobs"),
        ('zhitui_ingest_records{job="zhitui"}', "no metric zhitui_ingest_records"),
    ],
)
def test_what_nobody_measures_is_a_mistake(text: str, mistake: str) -> None:
    assert any(mistake in one for one in mistakes(read(text)))


def test_what_is_measured_is_none() -> None:
    assert not mistakes(read('max by (topic, instance) (zhitui_lag{job="zhitui", group="matcher"}) > 5'))
