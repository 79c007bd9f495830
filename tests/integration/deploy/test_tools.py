"""What other programs say of the deployment, where they are installed: kubectl, promtool, systemd-analyze, hadolint, docker compose.

None of them is needed: tests/unit/deploy holds every file to rules of its own. Where one is there, its word counts too.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.unit.deploy.documents import DEPLOY, ROOT
from tests.unit.deploy.kubernetes import FOLDER, component, container, manifests, workloads
from tests.unit.deploy.manifest_check import problem

SECONDS = 120


def run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    """Run a program and return what it printed; it must succeed."""
    program = shutil.which(command[0])
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        [program, *command[1:]], capture_output=True, text=True, timeout=SECONDS, check=False, cwd=ROOT, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_kubectl_builds_the_city_and_what_it_builds_is_valid() -> None:
    built = [one for one in yaml.safe_load_all(run("kubectl", "kustomize", FOLDER / "overlays" / "city")) if one]
    assert len(built) == len(manifests(FOLDER / "overlays" / "city")) + 1  # and the dashboards
    assert [wrong for one in built if (wrong := problem(one))] == []
    for workload in workloads(built):
        assert workload["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] == "zhitui"
        assert container(workload)["image"].startswith("zhitui:")
    (notifier,) = [one for one in built if one["kind"] == "Deployment" and component(one) == "notifier"]
    names = [one["name"] for one in container(notifier)["env"]]
    assert {"ZHITUI_INSTANCE", "ZHITUI_SMTP_PASSWORD_FILE"} <= set(names)
    shared = {one["configMapRef"]["name"] for one in container(notifier)["envFrom"]}
    (settings,) = [one for one in built if one["kind"] == "ConfigMap" and one["metadata"]["name"] in shared]
    assert "ZHITUI_SMTP_HOST" in settings["data"]
    assert "replicas" not in notifier["spec"]


def test_promtool_takes_configuration_and_rules() -> None:
    run("promtool", "check", "config", DEPLOY / "prometheus" / "prometheus.yml")
    run(
        "promtool",
        "check",
        "rules",
        "--lint=all",
        "--lint-fatal",
        *sorted((DEPLOY / "prometheus" / "rules").glob("*.yml")),
    )


def test_promtool_sees_the_alerts_come_and_go() -> None:
    run("promtool", "test", "rules", *sorted((DEPLOY / "prometheus" / "tests").glob("*.yml")))


def test_systemd_takes_the_units_and_finds_them_well_fenced(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").glob("zhitui*.[st]*"):
        name = unit.name.replace("@.", "@01.")
        text = unit.read_text("utf-8")
        for program in ("zhitui", "python"):  # systemd looks whether it is there
            text = text.replace(f"/opt/zhitui/.venv/bin/{program} ", "/bin/true ")
        (tmp_path / unit.name).write_text(text, "utf-8")
        (tmp_path / name).write_text(text, "utf-8")
    units = sorted(path for path in tmp_path.iterdir() if "@." not in path.name)
    assert len(units) == 7
    run("systemd-analyze", "verify", "--man=no", *units, env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
    services = [path for path in units if path.suffix == ".service"]
    run("systemd-analyze", "security", "--offline=true", "--threshold=20", *services)


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    run("hadolint", DEPLOY / "docker" / "Dockerfile")


def test_shellcheck_finds_nothing_in_the_scripts() -> None:
    run("shellcheck", *sorted((DEPLOY / "docker").glob("*.sh")))


def test_docker_compose_takes_the_file() -> None:
    docker = shutil.which("docker")
    plugin = docker and subprocess.run(
        [docker, "compose", "version"], capture_output=True, check=False, timeout=SECONDS
    )
    if not plugin or plugin.returncode:
        pytest.skip("docker compose is not installed")
    run("docker", "compose", "--env-file", DEPLOY / "docker" / "try.env", "config", "--quiet")
