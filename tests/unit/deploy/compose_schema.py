"""The keys of the Compose specification that the compose file uses, and the form of each; any other key is an error.

Written from https://github.com/compose-spec/compose-spec/blob/main/spec.md.
"""

from typing import Any


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "uniqueItems": True}


def _each(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value}


TEXT = {"type": "string"}
WORDS = {"type": "array", "items": TEXT, "minItems": 1}
YES_OR_NO = {"type": "boolean"}
NAME = {"type": "string", "pattern": r"^[a-z0-9][a-z0-9._-]*$"}
DURATION = {"type": "string", "pattern": r"^(\d+(ms|s|m|h))+$"}
SIZE = {"type": "string", "pattern": r"^\d+[bkmg]$"}
CPUS = {"type": "string", "pattern": r"^\d+(\.\d+)?$"}

SERVICE = _closed(
    {
        "image": TEXT,
        "user": {"type": "string", "pattern": r"^\d+:\d+$"},
        "entrypoint": WORDS,
        "command": WORDS,
        "environment": _each(TEXT),
        "profiles": _of(NAME),
        "networks": _of(NAME),
        "network_mode": {"type": "string", "pattern": "^service:"},
        "ports": _of({"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"}),
        "volumes": _of({"type": "string", "pattern": r"^(\./|[a-z])[^:]*:/[^:]*(:ro)?$"}),
        "tmpfs": _of(
            {
                "type": "string",
                "pattern": r"^/[^:]*:(mode=\d{4}|uid=\d+|gid=\d+|size=\d+m)(,(mode=\d{4}|uid=\d+|gid=\d+|size=\d+m))*$",
            }
        ),
        "secrets": _of(NAME),
        "depends_on": _each(
            _closed(
                {"condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}},
                "condition",
            )
        ),
        "healthcheck": {
            "oneOf": [
                _closed({"disable": {"const": True}}, "disable"),
                _closed(
                    {
                        "test": {"type": "array", "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}], "items": TEXT},
                        "interval": DURATION,
                        "timeout": DURATION,
                        "start_period": DURATION,
                        "retries": {"type": "integer"},
                    },
                    "test",
                    "interval",
                    "timeout",
                    "retries",
                ),
            ]
        },
        "deploy": _closed(
            {
                "resources": _closed(
                    {
                        "limits": _closed(
                            {"cpus": CPUS, "memory": SIZE, "pids": {"type": "integer"}}, "cpus", "memory", "pids"
                        ),
                        "reservations": _closed({"memory": SIZE}),
                    },
                    "limits",
                )
            },
            "resources",
        ),
        "read_only": YES_OR_NO,
        "cap_drop": _of(TEXT),
        "security_opt": _of(TEXT),
        "init": YES_OR_NO,
        "restart": {"type": "string", "pattern": r"^(no|always|unless-stopped|on-failure(:\d+)?)$"},
        "stop_grace_period": DURATION,
        "logging": _closed({"driver": TEXT, "options": _each(TEXT)}, "driver"),
    },
    "image",
)

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "name": NAME,
        "services": _each(SERVICE),
        "networks": _each({"oneOf": [{"type": "null"}, _closed({"internal": YES_OR_NO})]}),
        "volumes": _each({"type": "null"}),
        "secrets": _each(_closed({"file": {"type": "string", "pattern": r"^\./deploy/secrets/"}}, "file")),
    },
    "patternProperties": {"^x-": {}},
    "required": ["name", "services"],
    "additionalProperties": False,
}
