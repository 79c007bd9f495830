"""The manifests are valid, their pods can do little and are told apart, and nothing speaks with what it need not."""

import tomllib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from services.cli.up import RoleName
from shared.bus.kafka.bus import KafkaBus
from shared.bus.topics import groups
from shared.settings import Settings
from tests.unit.deploy.documents import ROOT, documents
from tests.unit.deploy.kubernetes import FOLDER, component, container, manifests, pod, selected, workloads
from tests.unit.deploy.manifest_check import problem
from tests.unit.deploy.settings_names import SECRETS, unknown

if TYPE_CHECKING:
    from pathlib import Path

ALL = manifests(FOLDER / "overlays" / "city")
BASE = manifests(FOLDER / "base")
WORKLOADS = workloads(BASE)
ROLES = [one for one in WORKLOADS if one["kind"] != "Job"]
SETTINGS = next(one for one in BASE if one["kind"] == "ConfigMap")["data"]
GIB = 1024

each = pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: one["metadata"]["name"])
each_role = pytest.mark.parametrize("workload", ROLES, ids=lambda one: one["metadata"]["name"])


def named(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in ALL if one["kind"] == kind}


def mebibytes(text: str) -> int:
    number, unit = text[:-2], text[-2:]
    return int(number) * {"Mi": 1, "Gi": GIB}[unit]


@pytest.mark.parametrize("manifest", ALL, ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_a_manifest_is_valid(manifest: dict[str, Any]) -> None:
    assert problem(manifest) is None


def test_a_slip_in_a_manifest_is_found() -> None:
    slip = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"selectors": {"a": "b"}}}
    assert problem(slip)
    assert problem(next(one for one in ALL if one["kind"] == "PodMonitor") | {"spec": {"selektor": {}}})
    assert problem({"apiVersion": "a/v1", "kind": "Stranger", "metadata": {"name": "a"}})


def test_every_file_is_part_of_it() -> None:
    used = {path for folder in FOLDER.rglob("kustomization.yaml") for path in _files(folder.parent)}
    assert {path for path in FOLDER.rglob("*.yaml") if path.name != "kustomization.yaml"} == used


def test_every_role_runs() -> None:
    assert sorted(component(one) for one in ROLES) == sorted(role.value for role in RoleName)
    assert all(container(one)["args"] == ["zhitui", "serve", component(one)] for one in ROLES)


@each
def test_a_pod_can_do_little(workload: dict[str, Any]) -> None:
    own = pod(workload)["securityContext"]
    assert own["runAsNonRoot"] is True
    assert own["runAsUser"] > 0
    assert own["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(workload)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod(workload)["automountServiceAccountToken"] is False
    assert pod(workload)["enableServiceLinks"] is False


@each
def test_what_is_not_ours_is_not_written_to(workload: dict[str, Any]) -> None:
    claims = [one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", ())]
    volumes = {one["name"] for one in pod(workload)["volumes"]} | set(claims)
    mounts = {one["name"]: one for one in container(workload)["volumeMounts"]}
    assert set(mounts) == volumes == {"secrets", "tmp", "data"}
    assert mounts["secrets"]["readOnly"] is True
    assert mounts["data"]["mountPath"] == SETTINGS["ZHITUI_DATA_DIR"]


@each
def test_every_variable_is_a_setting_and_no_secret_is_one(workload: dict[str, Any]) -> None:
    (city,) = documents(FOLDER / "overlays" / "city" / "settings.yaml")
    (mail,) = documents(FOLDER / "overlays" / "city" / "mail.yaml")
    names = {one["name"] for one in (*container(workload)["env"], *container(mail)["env"])}
    names |= {*SETTINGS, *city["data"]}
    assert not unknown(names)
    assert not SECRETS & names
    assert "secretKeyRef" not in repr(workload)


@each_role
def test_a_process_is_named_after_its_pod_and_who_keeps_something_comes_back_to_it(workload: dict[str, Any]) -> None:
    (name,) = [one for one in container(workload)["env"] if one["name"] == "ZHITUI_INSTANCE"]
    assert name["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}
    keeps = component(workload) in {"ingest", "matcher", "portal"}
    assert workload["kind"] == ("StatefulSet" if keeps else "Deployment")
    assert ("volumeClaimTemplates" in workload["spec"]) is keeps


@each_role
def test_a_process_is_asked_whether_it_lives_and_whether_it_is_ready(workload: dict[str, Any]) -> None:
    probes = {name: container(workload)[f"{name}Probe"] for name in ("startup", "liveness", "readiness")}
    paths = {name: probe["httpGet"] for name, probe in probes.items()}
    assert paths["startup"] == paths["liveness"] == {"path": "/healthz", "port": "http"}
    assert paths["readiness"] == {"path": "/readyz", "port": "http"}
    # The store's ping gives up after two seconds, and an election or a restart of a server must kill nobody.
    assert all(probe["timeoutSeconds"] > 2 for probe in probes.values())
    assert probes["liveness"]["periodSeconds"] * probes["liveness"]["failureThreshold"] >= 120


@each
def test_a_pod_asks_for_what_it_needs_and_is_stopped_at_what_it_may_take(workload: dict[str, Any]) -> None:
    resources = container(workload)["resources"]
    assert set(resources["requests"]) == {"cpu", "memory"}
    assert mebibytes(resources["requests"]["memory"]) <= mebibytes(resources["limits"]["memory"])
    if component(workload) == "matcher":  # a million profiles: 0.85 GiB, docs/benchmarks.md
        assert mebibytes(resources["requests"]["memory"]) >= 0.85 * GIB
        assert mebibytes(resources["limits"]["memory"]) == 3 * GIB
    if component(workload) == "portal":  # its own, one that answers, one that makes the index: docs/operations.md
        assert mebibytes(resources["requests"]["memory"]) >= 640
        assert mebibytes(resources["limits"]["memory"]) >= 2 * GIB


@each_role
def test_pods_of_a_role_are_spread_and_not_taken_away_together(workload: dict[str, Any]) -> None:
    labels = workload["spec"]["template"]["metadata"]["labels"]
    keys = {one["topologyKey"] for one in pod(workload)["topologySpreadConstraints"]}
    assert keys == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    budgets = [one for one in named("PodDisruptionBudget").values() if selected(one["spec"]["selector"], labels)]
    assert [one["spec"]["maxUnavailable"] for one in budgets] == [1]


def test_the_image_is_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    (base,) = documents(FOLDER / "base" / "kustomization.yaml")
    assert base["images"] == [{"name": "zhitui", "newTag": version}]
    assert {container(one)["image"] for one in WORKLOADS} == {"zhitui"}


def test_topics_and_schema_are_made_by_jobs() -> None:
    jobs = {one["metadata"]["name"]: container(one)["args"] for one in WORKLOADS if one["kind"] == "Job"}
    assert jobs == {
        "topics": ["zhitui", "topics", "create", "--partitions", "12", "--replication", "3"],
        "migrate": ["zhitui", "store", "migrate"],
    }


def test_nothing_goes_in_or_out_but_what_is_named() -> None:
    policies = {name: one["spec"] for name, one in named("NetworkPolicy").items()}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, policy in policies.items():
        rules = [*policy.get("ingress", ()), *policy.get("egress", ())]
        assert all(rule.get("from") or rule.get("to") for rule in rules), f"{name} opens to everybody"
        assert all(rule.get("ports") for rule in rules), f"{name} opens every port"
    told = {
        name: {role for role in RoleName if selected(policies[name]["podSelector"], _labels(role))} for name in policies
    }
    assert told["world"] == {RoleName.INGEST, RoleName.NOTIFIER}
    assert told["visitors"] == {RoleName.INGEST, RoleName.PORTAL}
    (block,) = policies["world"]["egress"][0]["to"]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(block["ipBlock"]["except"])


def test_each_role_reaches_the_world_on_the_ports_of_what_it_asks_for() -> None:
    def ports(role: RoleName) -> set[int]:
        policies = [one["spec"] for one in named("NetworkPolicy").values()]
        egress = [
            rule for one in policies if selected(one["podSelector"], _labels(role)) for rule in one.get("egress", ())
        ]
        return {port["port"] for rule in egress if any("ipBlock" in to for to in rule["to"]) for port in rule["ports"]}

    assert ports(RoleName.INGEST) == {443, 465, 587, 8443, 22}
    assert ports(RoleName.NOTIFIER) == {443, 465, 587, 8443, Settings.model_fields["bounce_imap_port"].default}
    assert ports(RoleName.PORTAL) == {443}
    assert ports(RoleName.MATCHER) == set()


def test_the_world_sees_the_portal_and_the_push_each_under_a_name_of_its_own() -> None:
    seen = {
        (rule["host"], path["path"]): path["backend"]["service"]["name"]
        for way_in in named("Ingress").values()
        for rule in way_in["spec"]["rules"]
        for path in rule["http"]["paths"]
    }
    assert seen == {
        ("zhitui.example.cn", "/"): "portal",
        ("push.zhitui.example.cn", "/api/v1/publications"): "ingest",
        ("push.zhitui.example.cn", "/api/v1/files"): "ingest",
    }
    assert set(seen.values()) <= set(named("Service"))


def test_those_that_share_work_are_scaled_by_what_waits_for_them() -> None:
    scaled = named("ScaledObject")
    watched = {
        (trigger["metadata"]["topic"], trigger["metadata"]["consumerGroup"])
        for one in scaled.values()
        for trigger in one["spec"]["triggers"]
    }
    bus = SimpleNamespace(_link=SimpleNamespace(prefix=""))
    assert watched == {(topic.name, KafkaBus._group(cast("KafkaBus", bus), topic, group)) for topic, group in groups(1)}
    targets = {(one["kind"], one["metadata"]["name"]) for one in ROLES}
    for one in scaled.values():
        assert (one["spec"]["scaleTargetRef"]["kind"], one["spec"]["scaleTargetRef"]["name"]) in targets
        # More processes than partitions would idle.
        assert one["spec"]["maxReplicaCount"] <= 12


def test_prometheus_finds_every_role_under_the_job_of_the_rules() -> None:
    (monitor,) = [one["spec"] for one in named("PodMonitor").values()]
    assert all(selected(monitor["selector"], _labels(role)) for role in RoleName)
    assert monitor["jobLabel"] == "app.kubernetes.io/name"
    (base,) = documents(FOLDER / "base" / "kustomization.yaml")
    assert base["labels"][0]["pairs"]["app.kubernetes.io/name"] == "zhitui"
    assert base["labels"][0]["includeTemplates"] is True


def _labels(role: RoleName) -> dict[str, str]:
    return {"app.kubernetes.io/component": role.value, "app.kubernetes.io/name": "zhitui"}


def _files(folder: "Path") -> "set[Path]":
    (kustomization,) = documents(folder / "kustomization.yaml")
    entries = [
        *kustomization.get("resources", ()),
        *[p["path"] for p in kustomization.get("patches", ()) if "path" in p],
    ]
    return {(folder / entry).resolve() for entry in entries if (folder / entry).is_file()}
