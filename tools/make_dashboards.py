"""Write deploy/grafana/dashboards from deploy/grafana/dashboards.yml: ``python -m tools.make_dashboards``."""

import json
from pathlib import Path
from typing import Any

import msgspec

GRAFANA = Path(__file__).resolve().parents[1] / "deploy" / "grafana"
TARGET = GRAFANA / "dashboards"

SOURCE = {"type": "prometheus", "uid": "prometheus"}
PAGE_WIDTH = 24
HEIGHTS = {"timeseries": 8, "stat": 4}


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question and its answer.

    Attributes:
        queries: legend → PromQL, in the order of their lines; no legend means one made of the labels.
        unit: Grafana's id of the unit.
        kind: Grafana's id of the panel.
        width: in twenty-fourths of the page.
        red_from: a value from which it is bad; ``None`` when more is never bad.
    """

    title: str
    queries: dict[str, str]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 12
    red_from: int | float | None = None


class Dashboard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page: its title, and its panels in the order in which they are read."""

    title: str
    panels: list[Panel]


def read() -> dict[str, Dashboard]:
    """Return all of them by the name of their file."""
    return msgspec.yaml.decode((GRAFANA / "dashboards.yml").read_bytes(), type=dict[str, Dashboard])


def rendered(name: str, page: Dashboard) -> str:
    """Return a dashboard as Grafana's JSON."""
    return (
        json.dumps(
            {
                "uid": f"zhitui-{name}",
                "title": f"知推 {page.title}",
                "tags": ["zhitui"],
                "schemaVersion": 41,
                "editable": False,
                "timezone": "browser",
                "refresh": "30s",
                "time": {"from": "now-6h", "to": "now"},
                "links": [
                    {"type": "dashboards", "title": "知推", "tags": ["zhitui"], "asDropdown": False, "keepTime": True}
                ],
                "panels": _laid_out(page.panels),
            },
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )


def _laid_out(panels: list[Panel]) -> list[dict[str, Any]]:
    """Put panels side by side, a new row where one does not fit any more."""
    x = y = height = 0
    placed = []
    for number, panel in enumerate(panels, 1):
        if x + panel.width > PAGE_WIDTH:
            x, y = 0, y + height
        height = HEIGHTS[panel.kind]
        placed.append(_panel(panel, number, {"x": x, "y": y, "w": panel.width, "h": height}))
        x += panel.width
    return placed


def _panel(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.red_from is not None:
        steps.append({"color": "red", "value": panel.red_from})
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.kind == "timeseries" and panel.red_from is not None:
        defaults["custom"] = {"thresholdsStyle": {"mode": "line"}}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": query, "legendFormat": legend or "__auto"}
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def main() -> None:
    """Write all of them."""
    for name, page in read().items():
        (TARGET / f"{name}.json").write_text(rendered(name, page), "utf-8")


if __name__ == "__main__":
    main()
