"""Whether a manifest is one: by Kubernetes' own schemas, strictly, and by ours for what other projects add."""

from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator

from tests.unit.deploy.operator_schemas import SCHEMAS

OLDEST = "1.33"
"""Kubernetes releases from this one on are held to; docs/deployment.md says so."""


def problem(manifest: dict[str, Any]) -> str | None:
    """Return what is wrong with a manifest, ``None`` when nothing is."""
    schema = SCHEMAS.get(manifest["kind"])
    if schema is not None:
        return next((error.message for error in Draft202012Validator(schema).iter_errors(manifest)), None)
    for release in (OLDEST, kubernetes_validate.latest_version()):
        try:
            kubernetes_validate.validate(manifest, release, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            return f"Kubernetes {release}: {error}"
    return None
