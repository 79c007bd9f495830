"""Where the samples lie: inside an installed package, or at the top of a checkout."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from shared.wire.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

_INSTALLED = Path(__file__).with_name("samples")
_CHECKOUT = Path(__file__).resolve().parents[2] / "samples"


def samples_folder() -> Path:
    """Return the folder that holds ``gazette/`` and ``profiles.jsonl``."""
    return _CHECKOUT if (_CHECKOUT / "profiles.jsonl").exists() else _INSTALLED


def gazette_files() -> "Sequence[Path]":
    """Return the files of the sample gazette."""
    return sorted((samples_folder() / "gazette").glob("*.csv"))


def sample_profiles() -> "list[Profile]":
    """Return the sample profiles."""
    lines = (samples_folder() / "profiles.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Profile) for line in lines]
