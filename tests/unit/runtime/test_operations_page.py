"""docs/operations.md tells every setting and every metric, with its default and kind, and no other."""

import re
from enum import Enum
from pathlib import Path

from shared.metrics import Metrics
from shared.settings import PREFIX, Settings

PAGE = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")


def test_every_setting_stands_there_with_its_default() -> None:
    told = dict(re.findall(r"^\| `(ZHITUI_\w+)` \| (\S.*?) \|", PAGE, flags=re.MULTILINE))
    expected = {}
    for name, field in Settings.model_fields.items():
        value = field.default.value if isinstance(field.default, Enum) else field.default
        expected[f"{PREFIX}{name.upper()}"] = "unset" if value in (None, "") else f"`{value}`"
    assert told == expected


def test_every_metric_stands_there_with_its_kind() -> None:
    told = dict(re.findall(r"^\| `(zhitui_\w+)` \| (\w+) \|", PAGE, flags=re.MULTILINE))
    expected = {
        f"{family.name}_total" if family.type == "counter" else family.name: family.type
        for family in Metrics().registry.collect()
    }
    assert told == expected
