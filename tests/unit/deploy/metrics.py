"""Which metrics there are, with which labels and values: what a query is held to."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics import MetricWrapperBase

from services.cli.up import RoleName
from shared.bus.lags import OPERATOR_GROUP
from shared.bus.topics import groups
from shared.metrics import Metrics

if TYPE_CHECKING:
    from tests.unit.deploy.promql import Query

OF_EVERY_TARGET = frozenset({"job", "role", "instance"})
OF_PROMETHEUS = ("up", "scrape_duration_seconds")
JOB = "zhitui"

_VALUES = {
    "job": {JOB},
    "role": {role.value for role in RoleName},
    "group": {group for _, group in groups(1)} | {OPERATOR_GROUP},
}


def known() -> dict[str, frozenset[str]]:
    """Return every sample's name with its labels."""
    found = dict.fromkeys(OF_PROMETHEUS, OF_EVERY_TARGET)
    for family in ProcessCollector(registry=CollectorRegistry()).collect():
        found |= {sample.name: OF_EVERY_TARGET for sample in family.samples}
    for metric in _own():
        labels = OF_EVERY_TARGET | set(metric._labelnames)
        match metric._type:
            case "counter":
                found[f"{metric._name}_total"] = labels
            case "histogram":
                found[f"{metric._name}_bucket"] = labels | {"le"}
                found |= {f"{metric._name}_{part}": labels for part in ("sum", "count")}
            case _:
                found[metric._name] = labels
    return found


def mistakes(query: "Query") -> list[str]:
    """Return everything that a query asks for and nobody measures."""
    metrics, helps = known(), {metric._name: metric._documentation for metric in _own()}
    wrong = [f"no metric {s.metric}" for s in query.selectors if s.metric not in metrics]
    for selector in query.selectors:
        for label, how, value in selector.matchers:
            if label not in metrics.get(selector.metric, frozenset()):
                wrong.append(f"{selector.metric} has no label {label}")
            elif how in {"=", "!="} and value not in _VALUES.get(label, {value}):
                wrong.append(f"{label} is never {value}")
            elif label not in _VALUES and value not in helps[selector.metric.removesuffix("_total")]:
                wrong.append(f"the meaning of {selector.metric} does not tell of {label} {value}")
        if ("job", "=", JOB) not in selector.matchers:
            wrong.append(f"{selector.metric} of all jobs, not of this one")
    for labels, beneath in query.groupings:
        wrong += [f"{m} has no label {label}" for label in labels for m in beneath if label not in metrics.get(m, ())]
    return wrong


def _own() -> list[MetricWrapperBase]:
    return [metric for metric in vars(Metrics()).values() if isinstance(metric, MetricWrapperBase)]
