"""Make docs/sentences.md: every sentence of advice with its code and its values. ``python -m tools.make_sentences``."""

from pathlib import Path
from string import Formatter

from shared.wording.advice import TEMPLATES

TARGET = Path(__file__).resolve().parents[1] / "docs" / "sentences.md"

_HEAD = """# The sentences of advice

Remarks on profiles, the conditions of "why not", and changes that tighten a profile carry `said` in the API ([api.md](api.md#sentences)): the `code` of a
sentence and the `values` that stand in it, so that whoever shows it may word it anew. The part before a full stop is what it is about, and of a remark
the code that [profile-health.md](profile-health.md) explains. Shares are from 0 to 1. A value may be a list, and its parts sentences again.

This page is made by `python -m tools.make_sentences`.

| code | values | in English |
| --- | --- | --- |
"""


def page() -> str:
    """Return the page."""
    rows = []
    for code, template in TEMPLATES.items():
        values = sorted(values_of(template.en) | values_of(template.zh))
        rows.append(f"| `{code}` | {', '.join(f'`{name}`' for name in values)} | {_shown(template.en)} |\n")
    return _HEAD + "".join(rows)


def values_of(text: str) -> set[str]:
    """Return the names of the values in a template."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _shown(text: str) -> str:
    """Return a template with its values bare."""
    return "".join(given + (f"{{{name}}}" if name else "") for given, name, _, _ in Formatter().parse(text)).strip()


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
