"""The deployment's documents, read."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


def documents(path: Path) -> list[Any]:
    """Return all documents of a YAML file."""
    return [one for one in yaml.safe_load_all(path.read_text("utf-8")) if one is not None]


def alert_rules() -> list[dict[str, Any]]:
    """Return every alert rule, in the order of the files."""
    return [
        rule
        for path in sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
        for (document,) in [documents(path)]
        for group in document["groups"]
        for rule in group["rules"]
    ]
