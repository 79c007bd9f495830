"""The compose file is valid, its containers can do little, and what it sets is what Zhitui reads."""

import re
import tomllib
from typing import Any

import pytest
import typer
from jsonschema import Draft202012Validator

from services.cli.app import app
from services.cli.up import RoleName
from tests.unit.deploy.compose import SECRETS, MissingVariableError, load, needed, role_of, services, variables
from tests.unit.deploy.compose_schema import SCHEMA
from tests.unit.deploy.documents import DEPLOY, ROOT, documents
from tests.unit.deploy.settings_names import SECRETS as SECRET_SETTINGS
from tests.unit.deploy.settings_names import unknown

ENVIRONMENTS = ("deploy/docker/city.env", "deploy/docker/try.env")
FILE = load(variables(ENVIRONMENTS[0]))
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OWN = {name: one for name, one in SERVICES.items() if one["image"].startswith("zhitui:")}
ROLES = {name: one for name, one in SERVICES.items() if role_of(one)}
ONE_SHOT = {"setup", "mongo-init"}

each = pytest.mark.parametrize("name", SERVICES)
each_own = pytest.mark.parametrize("name", OWN)


def test_it_is_valid_and_holds_all_that_a_city_needs() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(FILE)
    assert {"kafka", "mongo", "mongo-init", "setup", "prometheus", "grafana", "mail-catcher"} <= set(SERVICES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"servces": {}},
        {"services": {"a": {"image": "a", "comand": ["x"]}}},
        {"services": {"a": {"image": "a", "ports": ["8080:8080"]}}},
        {"services": {"a": {"image": "a", "healthcheck": {"test": ["CMD", "x"], "interval": "5"}}}},
        {"services": {"a": {"image": "a", "environment": {"PORT": 8080}}}},
    ],
)
def test_a_slip_is_not_valid(wrong: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid({"name": "zhitui", "services": {}} | wrong)


def test_every_role_runs_and_those_that_share_work_run_twice() -> None:
    running = sorted(str(role_of(one)) for one in ROLES.values())
    assert running == ["ingest", "matcher", "matcher", "notifier", "notifier", "portal"]
    assert set(running) == {role.value for role in RoleName}


@each
def test_a_container_can_do_little(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}


@each
def test_no_path_is_mounted_twice(name: str) -> None:
    # The engine refuses to make such a container.
    service = SERVICES[name]
    mounted = [one.split(":")[1] for one in service.get("volumes", ())]
    mounted += [one.partition(":")[0] for one in service.get("tmpfs", ())]
    assert len(mounted) == len(set(mounted)), mounted


@each
def test_an_image_is_one_exact_release(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert re.fullmatch(r"[a-z0-9/-]+", image)
    assert re.fullmatch(r"v?\d+\.\d+\.\d+(\.\d+)?", tag)


def test_our_image_is_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {one["image"] for one in OWN.values()} == {f"zhitui:{version}"}


@each
def test_a_container_comes_back_and_says_whether_it_is_well(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == ("on-failure:5" if name in ONE_SHOT else "unless-stopped")
    # Our own image brings its check with it; what only forwards bytes has none.
    has_check = "test" in service.get("healthcheck", {}) or name in ROLES
    assert has_check == (name not in ONE_SHOT | {"console"})


@each_own
def test_every_variable_is_a_setting(name: str) -> None:
    assert not unknown(set(OWN[name]["environment"]))


def test_every_process_has_a_name_of_its_own() -> None:
    names = [one["environment"]["ZHITUI_INSTANCE"] for one in OWN.values()]
    assert len(set(names)) == len(names)


@each
def test_secrets_are_files_that_the_container_is_given(name: str) -> None:
    service = SERVICES[name]
    told = re.findall(rf"{SECRETS}([\w-]+)", repr(service))
    assert set(told) <= set(service.get("secrets", []))
    assert set(service.get("secrets", [])) <= set(FILE["secrets"])
    assert not SECRET_SETTINGS & set(service.get("environment", {}))


def test_no_secret_is_declared_that_nobody_reads() -> None:
    assert {secret for one in SERVICES.values() for secret in one.get("secrets", [])} == set(FILE["secrets"])


def test_servers_have_no_way_out() -> None:
    assert FILE["networks"]["back"] == {"internal": True}
    for name in ("kafka", "mongo", "mongo-init", "setup", "matcher-1", "matcher-2", "prometheus"):
        assert SERVICES[name]["networks"] == ["back"], name
        assert "ports" not in SERVICES[name]


def test_what_is_used_is_declared() -> None:
    for service in SERVICES.values():
        assert set(service.get("networks", [])) <= set(FILE["networks"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in FILE["volumes"]


def test_every_role_waits_for_topics_and_schema() -> None:
    done = {"condition": "service_completed_successfully"}
    assert all(one["depends_on"]["setup"] == done for one in ROLES.values())
    assert SERVICES["setup"]["depends_on"] == {"kafka": {"condition": "service_healthy"}, "mongo-init": done}


def test_our_commands_are_commands() -> None:
    lines = re.findall(r"zhitui [^&]+", " & ".join(" ".join(one["command"]) for one in OWN.values()))
    assert len(lines) == len(ROLES) + 2
    for line in lines:
        command: Any = typer.main.get_command(app)
        words = line.split()[1:]
        while words and hasattr(command, "commands"):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("file", ENVIRONMENTS)
def test_an_example_of_the_variables_is_complete(file: str) -> None:
    given = variables(file)
    assert needed() <= set(given)
    assert not unknown(set(given))
    assert services(given)


def test_a_variable_that_must_be_given_is_asked_for() -> None:
    for name in needed():
        given = variables(ENVIRONMENTS[0]) | {name: ""}
        with pytest.raises(MissingVariableError, match=name):
            load(given)


def test_the_trial_has_a_mailbox_and_the_city_has_none() -> None:
    given = variables("deploy/docker/try.env")
    assert given["COMPOSE_PROFILES"] == "try"
    catchers = [name for name, one in SERVICES.items() if one.get("profiles") == ["try"]]
    assert catchers == [given["ZHITUI_SMTP_HOST"]]
    assert "COMPOSE_PROFILES" not in variables("deploy/docker/city.env")


def test_prometheus_asks_every_role() -> None:
    (config,) = documents(DEPLOY / "prometheus" / "prometheus.yml")
    (job,) = [one for one in config["scrape_configs"] if one["job_name"] == "zhitui"]
    asked = {target: one["labels"]["role"] for one in job["static_configs"] for target in one["targets"]}
    assert asked == {f"{name}:{one['environment']['ZHITUI_HTTP_PORT']}": role_of(one) for name, one in ROLES.items()}


def test_a_matcher_has_room_for_what_a_million_profiles_take() -> None:
    for name in ("matcher-1", "matcher-2"):
        resources = SERVICES[name]["deploy"]["resources"]
        assert (resources["reservations"]["memory"], resources["limits"]["memory"]) == ("1g", "3g")
