"""What the documents say is so."""

import re
import tomllib
from pathlib import Path

import pytest

from shared.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = ("README.md", "README.zh-CN.md")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    missing = [
        t for t in targets if "://" not in t and not t.startswith("mailto:") and not (document.parent / t).exists()
    ]
    assert not missing


def anchors(document: Path) -> set[str]:
    """Return what its headings may be linked by: small letters, no punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_section_leads_to_its_heading(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", document.read_text("utf-8"))
    missing = [
        f"{target}#{section}"
        for target, section in links
        if "://" not in target and section not in anchors((document.parent / target) if target else document)
    ]
    assert not missing


def test_the_contents_of_sources_name_all_its_sections() -> None:
    document = ROOT / "docs/sources.md"
    linked = set(re.findall(r"\]\(#([^)\s]+)\)", document.read_text("utf-8").partition("\n## ")[0]))
    assert anchors(document) - linked == {"sources-and-formats", "sources", "formats"}


def test_every_direct_dependency_has_a_reason() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    names = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    told = re.findall(r"^\| `([^`]+)` \| .{12,} \|$", text("docs/dependencies.md"), re.MULTILINE)
    assert sorted(told) == sorted(re.split(r"[=<>;\[]", name)[0] for name in names)


def test_every_setting_is_in_the_example_file_with_its_default_and_meaning() -> None:
    lines = text("zhitui.example.toml").splitlines()
    shown = dict(zip(re.findall(r"^# (\w+) = ", "\n".join(lines), re.MULTILINE), lines[4::3], strict=True))
    assert list(shown) == list(Settings.model_fields)
    assert [meaning.removeprefix("# ") for meaning in shown.values()] == [
        field.description for field in Settings.model_fields.values()
    ]


def test_the_example_file_uncommented_is_the_defaults() -> None:
    lines = text("zhitui.example.toml").splitlines()
    values = tomllib.loads("\n".join(line[2:] for line in lines if re.match(r'# \w+ = (?!""$)', line)))
    assert values == {
        name: str(field.default) if not isinstance(field.default, int | float) else field.default
        for name, field in Settings.model_fields.items()
        if field.default not in (None, "")
    }


def test_the_index_lists_every_decision_record() -> None:
    records = {path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md")}
    assert set(re.findall(r"\]\((\d{4}-[^)]+\.md)\)", text("docs/decisions/README.md"))) == records


def test_both_readmes_tell_the_same_commands_and_documents() -> None:
    for told in (r"```sh\n(.*?)```", r"\]\((docs/[^)]+)\)"):
        english, chinese = (re.findall(told, text(name), re.DOTALL) for name in READMES)
        assert english
        assert english == chinese
