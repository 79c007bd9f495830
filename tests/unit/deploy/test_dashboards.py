"""The dashboards ask for what is measured, and are what their description says."""

import json
import re

import pytest

from tests.unit.deploy.documents import DEPLOY, documents
from tests.unit.deploy.metrics import known, mistakes
from tests.unit.deploy.promql import read
from tools.make_dashboards import PAGE_WIDTH, TARGET, rendered
from tools.make_dashboards import read as read_dashboards

PAGES = read_dashboards()
QUERIES = sorted({query for page in PAGES.values() for panel in page.panels for query in panel.queries.values()})


def test_there_is_a_page_for_everything_that_runs() -> None:
    assert set(PAGES) == {"overview", "ingest", "matcher", "notifier", "portal", "servers"}
    assert len(QUERIES) >= 30


@pytest.mark.parametrize("query", QUERIES)
def test_a_panel_asks_for_what_is_measured(query: str) -> None:
    assert not mistakes(read(query))


def test_every_metric_of_ours_is_on_a_page() -> None:
    shown = {s.metric for query in QUERIES for s in read(query).selectors}
    own = {name for name in known() if name.startswith("zhitui_") and not name.endswith(("_sum", "_count"))}
    assert own <= shown


@pytest.mark.parametrize("name", PAGES)
def test_the_json_is_made_from_the_description(name: str) -> None:
    assert (TARGET / f"{name}.json").read_text("utf-8") == rendered(name, PAGES[name])


def test_there_is_no_json_beside_it() -> None:
    assert {path.stem for path in TARGET.glob("*")} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_formed(name: str) -> None:
    page = json.loads((TARGET / f"{name}.json").read_text("utf-8"))
    panels = page["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= PAGE_WIDTH for panel in panels)
    assert all(re.search(r"[\u4e00-\u9fff]", panel["title"]) for panel in panels)
    assert {panel["datasource"]["uid"] for panel in panels} == {_source()["uid"]}


@pytest.mark.parametrize("name", PAGES)
def test_a_legend_names_labels_that_its_query_keeps(name: str) -> None:
    for panel in PAGES[name].panels:
        for legend, text in panel.queries.items():
            grouped = [set(labels) for labels, _ in read(text).groupings]
            told = set(re.findall(r"\{\{(\w+)\}\}", legend))
            assert not grouped or told <= set.union(*grouped), panel.title


def test_grafana_is_told_where_they_lie() -> None:
    ((provider,),) = [one["providers"] for one in documents(DEPLOY / "grafana/provisioning/dashboards/zhitui.yml")]
    assert provider["options"]["path"] == "/etc/grafana/dashboards"
    assert _source()["url"] == "http://prometheus:9090"


def test_a_cluster_gets_all_of_them() -> None:
    (component,) = documents(DEPLOY / "grafana" / "kustomization.yaml")
    ((generated),) = component["configMapGenerator"]
    assert sorted(generated["files"]) == sorted(f"dashboards/{name}.json" for name in PAGES)


def _source() -> dict[str, str]:
    (source,) = documents(DEPLOY / "grafana/provisioning/datasources/prometheus.yml")[0]["datasources"]
    return dict(source)
