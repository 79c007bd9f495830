"""Write the alert rules of deploy/prometheus once more, as the Prometheus operator reads them: ``python -m tools.make_prometheus_rule``."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "deploy" / "prometheus" / "rules"
TARGET = ROOT / "deploy" / "kubernetes" / "components" / "monitoring" / "prometheus-rule.yaml"

HEAD = "# Made by tools/make_prometheus_rule.py from deploy/prometheus/rules; a test holds the two together.\n"


def rule() -> str:
    """Return the manifest: all groups, in the order of their files' names."""
    groups: list[Any] = []
    for path in sorted(RULES.glob("*.yml")):
        groups += yaml.safe_load(path.read_text("utf-8"))["groups"]
    manifest = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "zhitui"},
        "spec": {"groups": groups},
    }
    return HEAD + yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False, width=1000)


if __name__ == "__main__":
    TARGET.write_text(rule(), "utf-8")
