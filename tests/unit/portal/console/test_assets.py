"""What pages load."""

import gzip
import hashlib
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from services.portal.console.assets import SHEETS, assets
from tools.translations import PAGES

FOLDER = files("services.portal.pages") / "assets"
VENDORED = tomllib.loads((FOLDER / "vendored.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(VENDORED))
def test_what_was_taken_from_elsewhere_is_as_it_was_published(name: str) -> None:
    told = VENDORED[name]
    assert hashlib.sha256((FOLDER / told["file"]).read_bytes()).hexdigest() == told["sha256"]
    assert told["version"] in told["source"]
    assert told["licence"] in {"0BSD", "MIT", "Apache-2.0", "BSD-3-Clause"}


def test_every_asset_is_ours_or_is_told_of() -> None:
    theirs = {told["file"] for told in VENDORED.values()} | {"vendored.toml"}
    assert {file.name for file in FOLDER.iterdir()} - theirs == {f"{sheet}.css" for sheet in SHEETS}


def test_the_first_page_transfers_at_most_150_kilobytes_with_all_that_it_loads() -> None:
    assert sum(len(asset.compressed) for asset in assets().values()) <= 60_000


def test_a_name_changes_with_the_content() -> None:
    for asset in assets().values():
        assert hashlib.sha256(asset.plain).hexdigest()[:12] in asset.name
        assert gzip.decompress(asset.compressed) == asset.plain


@pytest.mark.parametrize("template", sorted(PAGES.rglob("*.html")), ids=lambda p: p.name)
def test_no_template_has_what_the_policy_forbids(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(
        r"\sstyle=|<style|\son\w+=|javascript:|<script(?! src=\"\{\{ root)|\|\s*safe\b|https?://", text
    )
    assert "autoescape" not in text
