"""The compose file as the engine would take it: variables filled in, anchors resolved, services by name."""

import re
from typing import TYPE_CHECKING, Any

import yaml

from tests.unit.deploy.documents import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = ROOT / "docker-compose.yml"
SECRETS = "/run/secrets/"

_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<rest>[^}]*))?\})")


class MissingVariableError(Exception):
    """A variable without a default has no value."""


def variables(file: str) -> dict[str, str]:
    """Return the variables of a file of ``NAME=value`` lines."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def load(given: "Mapping[str, str]") -> Any:  # noqa: ANN401 - what YAML gives
    """Return the compose file with these variables filled in, as the Compose specification's interpolation does it."""

    def value(found: re.Match[str]) -> str:
        if found["dollar"]:
            return "$"
        if given.get(found["name"]):
            return given[found["name"]]
        if found["how"] != ":-":
            raise MissingVariableError(found["name"])
        return str(found["rest"])

    return _filled(yaml.safe_load(FILE.read_text("utf-8")), value)


def needed() -> set[str]:
    """Return the variables that must be given."""
    return {found["name"] for found in _VARIABLE.finditer(FILE.read_text("utf-8")) if found["how"] == ":?"}


def services(given: "Mapping[str, str]") -> dict[str, dict[str, Any]]:
    """Return the services by name."""
    return dict(load(given)["services"])


def role_of(service: "Mapping[str, Any]") -> str | None:
    """Return which role a service runs, ``None`` when it runs something else."""
    command = service.get("command", [])
    return str(command[2]) if command[:2] == ["zhitui", "serve"] else None


def _filled(node: Any, value: Any) -> Any:  # noqa: ANN401 - what YAML gives
    match node:
        case dict():
            return {key: _filled(item, value) for key, item in node.items()}
        case list():
            return [_filled(item, value) for item in node]
        case str():
            return _VARIABLE.sub(value, node)
        case _:
            return node
