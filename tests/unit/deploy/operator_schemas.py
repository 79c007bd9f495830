"""The keys of other projects' resources that the manifests use; any other key is an error.

Written from https://keda.sh/docs/latest/reference/scaledobject-spec/, https://keda.sh/docs/latest/scalers/apache-kafka/ and
https://prometheus-operator.dev/docs/api-reference/api/.
"""

from typing import Any


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _resource(version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = _closed({"name": TEXT, "namespace": TEXT, "labels": {"type": "object"}}, "name")
    return _closed(
        {"apiVersion": {"const": version}, "kind": {"const": kind}, "metadata": metadata, "spec": spec},
        *("apiVersion", "kind", "metadata", "spec"),
    )


TEXT = {"type": "string", "minLength": 1}
WHOLE = {"type": "integer", "minimum": 0}
DIGITS = {"type": "string", "pattern": r"^\d+$"}
SAID = {"enum": ["true", "false"]}

_POLICY = _closed(
    {"type": {"enum": ["Pods", "Percent"]}, "value": WHOLE, "periodSeconds": WHOLE}, "type", "value", "periodSeconds"
)
_SCALING = _closed({"stabilizationWindowSeconds": WHOLE, "policies": {"type": "array", "items": _POLICY}})
_KAFKA = _closed(
    {
        "type": {"const": "kafka"},
        "metadata": _closed(
            {
                "bootstrapServers": TEXT,
                "consumerGroup": TEXT,
                "topic": TEXT,
                "lagThreshold": DIGITS,
                "allowIdleConsumers": SAID,
                "offsetResetPolicy": {"enum": ["earliest", "latest"]},
            },
            "bootstrapServers",
            "consumerGroup",
            "topic",
            "lagThreshold",
        ),
        "authenticationRef": _closed({"name": TEXT}, "name"),
    },
    "type",
    "metadata",
)

SCHEMAS = {
    "ScaledObject": _resource(
        "keda.sh/v1alpha1",
        "ScaledObject",
        _closed(
            {
                "scaleTargetRef": _closed({"apiVersion": TEXT, "kind": TEXT, "name": TEXT}, "name"),
                "minReplicaCount": WHOLE,
                "maxReplicaCount": WHOLE,
                "pollingInterval": WHOLE,
                "cooldownPeriod": WHOLE,
                "advanced": _closed(
                    {
                        "horizontalPodAutoscalerConfig": _closed(
                            {"behavior": _closed({"scaleUp": _SCALING, "scaleDown": _SCALING})}
                        )
                    }
                ),
                "triggers": {"type": "array", "items": _KAFKA, "minItems": 1},
            },
            "scaleTargetRef",
            "triggers",
        ),
    ),
    "TriggerAuthentication": _resource(
        "keda.sh/v1alpha1",
        "TriggerAuthentication",
        _closed(
            {
                "secretTargetRef": {
                    "type": "array",
                    "items": _closed(
                        {
                            "parameter": {"enum": ["username", "password", "sasl", "tls", "ca"]},
                            "name": TEXT,
                            "key": TEXT,
                        },
                        *("parameter", "name", "key"),
                    ),
                }
            },
            "secretTargetRef",
        ),
    ),
    "PodMonitor": _resource(
        "monitoring.coreos.com/v1",
        "PodMonitor",
        _closed(
            {
                "jobLabel": TEXT,
                "selector": {"type": "object", "minProperties": 1},
                "podMetricsEndpoints": {
                    "type": "array",
                    "minItems": 1,
                    "items": _closed(
                        {
                            "port": TEXT,
                            "path": TEXT,
                            "interval": TEXT,
                            "scrapeTimeout": TEXT,
                            "relabelings": {
                                "type": "array",
                                "items": _closed(
                                    {
                                        "action": {"enum": ["replace"]},
                                        "sourceLabels": {"type": "array", "items": TEXT},
                                        "targetLabel": TEXT,
                                    },
                                    *("action", "sourceLabels", "targetLabel"),
                                ),
                            },
                        },
                        "port",
                    ),
                },
            },
            "selector",
            "podMetricsEndpoints",
        ),
    ),
    "PrometheusRule": _resource(
        "monitoring.coreos.com/v1",
        "PrometheusRule",
        _closed(
            {
                "groups": {
                    "type": "array",
                    "minItems": 1,
                    "items": _closed({"name": TEXT, "rules": {"type": "array"}}, "name", "rules"),
                }
            },
            "groups",
        ),
    ),
}
"""Kind → JSON Schema of the resource."""
