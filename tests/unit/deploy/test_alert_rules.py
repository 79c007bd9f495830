"""Every alert asks for what is measured, says in Chinese what is wrong, and leads to a page that says what to do."""

import re
from typing import Any

import pytest

from shared.metrics import Metrics
from tests.unit.deploy.documents import DEPLOY, ROOT, alert_rules, documents
from tests.unit.deploy.metrics import known, mistakes
from tests.unit.deploy.promql import read
from tools.make_prometheus_rule import TARGET, rule

RULES = alert_rules()
RUNBOOK = "docs/runbook.md"
HEADINGS = re.findall(r"^### (\w+)$", (ROOT / RUNBOOK).read_text("utf-8"), re.MULTILINE)

each = pytest.mark.parametrize("alert", RULES, ids=lambda one: one["alert"])


def test_there_are_alerts_and_no_two_of_one_name() -> None:
    names = [one["alert"] for one in RULES]
    assert len(names) >= 20
    assert len(set(names)) == len(names)


@each
def test_an_alert_has_what_an_alert_needs_and_nothing_else(alert: dict[str, Any]) -> None:
    assert set(alert) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert set(alert["labels"]) == {"severity"}
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert re.fullmatch(r"\d+[mh]", alert.get("for", "1m"))


@each
def test_an_alert_asks_for_what_is_measured(alert: dict[str, Any]) -> None:
    assert not mistakes(read(alert["expr"]))


@each
def test_an_alert_speaks_chinese_of_labels_that_its_query_keeps(alert: dict[str, Any]) -> None:
    texts = (alert["annotations"]["summary"], alert["annotations"]["description"])
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in texts)
    told = set(re.findall(r"\$labels\.(\w+)", " ".join(texts)))
    query = read(alert["expr"])
    grouped = [set(labels) for labels, _ in query.groupings]
    kept = set.intersection(*grouped) if grouped else set.union(*(set(known()[s.metric]) for s in query.selectors))
    if "absent(" in alert["expr"]:
        # What is absent has no labels but those that it is given.
        kept = set(re.findall(r'label_replace\(absent\(.*?\), "(\w+)", ', alert["expr"]))
    assert told <= kept


@each
def test_an_alert_leads_to_its_own_section_of_the_runbook(alert: dict[str, Any]) -> None:
    assert alert["alert"] in HEADINGS
    assert alert["annotations"]["runbook_url"] == f"{RUNBOOK}#{alert['alert'].lower()}"


def test_every_section_of_the_runbook_belongs_to_an_alert() -> None:
    assert sorted(HEADINGS) == sorted(one["alert"] for one in RULES)


def test_the_manifest_for_kubernetes_holds_the_same_rules() -> None:
    assert TARGET.read_text("utf-8") == rule()


def test_prometheus_reads_these_rules_and_gives_every_process_its_role() -> None:
    (config,) = documents(DEPLOY / "prometheus" / "prometheus.yml")
    assert config["rule_files"] == ["rules/*.yml"]
    (job,) = [one for one in config["scrape_configs"] if one["job_name"] == "zhitui"]
    assert all(set(targets["labels"]) == {"role"} for targets in job["static_configs"])
    assert config["global"]["scrape_timeout"] == "10s"  # a bus that does not answer costs two of them


def test_every_metric_is_set_by_some_code() -> None:
    code = "".join(
        path.read_text("utf-8")
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if path != ROOT / "shared" / "metrics.py"
    )
    assert [name for name in vars(Metrics()) if name != "registry" and f".{name}" not in code] == []
