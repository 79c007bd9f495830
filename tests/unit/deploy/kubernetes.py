"""The manifests, by kind and name."""

from typing import TYPE_CHECKING, Any

from tests.unit.deploy.documents import DEPLOY, documents

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = DEPLOY / "kubernetes"
WORKLOADS = ("StatefulSet", "Deployment", "Job")


def manifests(folder: "Path", seen: "set[Path] | None" = None) -> list[dict[str, Any]]:
    """Return all resources of a kustomization, those of its bases and components too, without any patch."""
    seen = set() if seen is None else seen
    (kustomization,) = documents(folder / "kustomization.yaml")
    found: list[dict[str, Any]] = []
    for entry in (*kustomization.get("resources", ()), *kustomization.get("components", ())):
        path = (folder / entry).resolve()
        if path in seen:
            continue
        seen.add(path)
        found += manifests(path, seen) if path.is_dir() else documents(path)
    return found


def workloads(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those that make pods."""
    return [one for one in resources if one["kind"] in WORKLOADS]


def pod(workload: dict[str, Any]) -> dict[str, Any]:
    """Return the pod's specification."""
    return dict(workload["spec"]["template"]["spec"])


def container(workload: dict[str, Any]) -> dict[str, Any]:
    """Return its one container."""
    (only,) = pod(workload)["containers"]
    return dict(only)


def component(workload: dict[str, Any]) -> str:
    """Return which part of Zhitui it is."""
    return str(workload["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"])


def selected(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Return whether a label selector takes a pod with these labels."""
    exact = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in exact.items()) and all(
        labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", ())
    )
