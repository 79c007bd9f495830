"""The systemd units: every role, told apart, with its secrets as credentials and nothing of the machine but its own state."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from services.cli.up import RoleName
from tests.unit.deploy.compose import variables
from tests.unit.deploy.documents import DEPLOY
from tests.unit.deploy.settings_names import SECRETS, unknown

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SECTIONS = {"Unit", "Service", "Install"}
FENCES = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "PrivateUsers": "yes",
    "CapabilityBoundingSet": "",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallArchitectures": "native",
    "SystemCallErrorNumber": "EPERM",
    "UMask": "0077",
}

each = pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)


def settings(path: Path) -> dict[str, list[str]]:
    """Return the unit's settings; one that stands twice has two values."""
    found: dict[str, list[str]] = defaultdict(list)
    section = ""
    for line in path.read_text("utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            section = line[1:-1]
            assert section in SECTIONS
        elif line and not line.startswith("#"):
            key, separator, value = line.partition("=")
            assert separator, line
            assert section
            found[key].append(value)
    return found


def environment(path: Path) -> dict[str, str]:
    return dict(one.split("=", 1) for one in settings(path)["Environment"])


def started(path: Path) -> list[str]:
    return [line.removeprefix("/opt/zhitui/.venv/bin/zhitui ") for line in settings(path)["ExecStart"]]


def test_one_machine_has_one_unit_and_a_city_one_for_each_role() -> None:
    assert {path.name: started(path) for path in UNITS} == {
        "zhitui.service": ["up"],
        "zhitui-setup.service": ["topics create --partitions 8 --replication 3", "store migrate"],
        "zhitui-ingest.service": ["serve ingest"],
        "zhitui-matcher@.service": ["serve matcher"],
        "zhitui-notifier@.service": ["serve notifier"],
        "zhitui-portal.service": ["serve portal"],
    }
    assert {line.removeprefix("serve ") for path in UNITS for line in started(path) if "serve" in line} == set(RoleName)


@each
def test_a_unit_has_nothing_of_the_machine_but_its_own_state(path: Path) -> None:
    told = settings(path)
    assert {key: told[key] for key in FENCES} == {key: [value] for key, value in FENCES.items()}
    assert told["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
    assert told["User"] == ["zhitui"]
    assert told["MemoryMax"]
    assert environment(path)["ZHITUI_DATA_DIR"] == f"%S/{told['StateDirectory'][0]}"


@each
def test_every_variable_is_a_setting_and_every_secret_a_credential(path: Path) -> None:
    told = environment(path)
    assert not unknown(set(told))
    assert not SECRETS & set(told)
    credentials = {one.split(":")[0] for one in settings(path)["LoadCredential"]}
    assert {value.removeprefix("%d/") for key, value in told.items() if key.endswith("_FILE")} == credentials


def test_no_two_units_share_a_name_a_port_or_a_folder() -> None:
    roles = [path for path in UNITS if path.name not in {"zhitui.service", "zhitui-setup.service"}]
    assert len(roles) == len(RoleName)
    for name in ("ZHITUI_INSTANCE", "ZHITUI_HTTP_PORT", "ZHITUI_DATA_DIR"):
        values = [environment(path)[name] for path in roles]
        assert len(set(values)) == len(values)
        assert all("%i" in value for path, value in zip(roles, values, strict=True) if "@" in path.name)


@each
def test_what_a_restart_cannot_mend_is_not_restarted(path: Path) -> None:
    told = settings(path)
    if told["Type"] == ["oneshot"]:
        assert "Restart" not in told
    else:
        assert (told["Restart"], told["RestartPreventExitStatus"]) == (["on-failure"], ["1"])
        assert int(told["TimeoutStopSec"][0].removesuffix("s")) > 10  # the process's own grace


def test_who_matches_or_looks_back_keeps_its_compiled_kernels() -> None:
    for path in UNITS:
        matches = any(line in {"up", "serve matcher", "serve portal"} for line in started(path))
        assert (environment(path).get("HOME") == "%C/zhitui") is matches
        assert ("ExecStartPre" in settings(path)) is matches


def test_the_example_of_the_environment_file_names_settings_and_no_secret() -> None:
    given = set(variables("deploy/systemd/zhitui.env"))
    assert not unknown(given)
    assert not SECRETS & given
