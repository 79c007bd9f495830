"""Where the reference data lie: beside the checkout, on machines that have them."""

import os
from pathlib import Path

import pytest

REFERENCE_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def reference(*parts: str) -> Path:
    """Return a file of the reference data; where they are absent, skip the test on a laptop and fail it in CI."""
    path = REFERENCE_DATA.joinpath(*parts)
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"the reference data lack {'/'.join(parts)}")
        pytest.skip("the reference data are not beside this checkout")
    return path
