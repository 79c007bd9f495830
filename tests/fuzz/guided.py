"""Coverage-guided fuzzing, by hand: libFuzzer changes inputs so that they reach more of the code.

atheris is no dependency of the project. In an environment of its own that sees the project's packages:

    python -m tests.fuzz.guided gazette_csv -max_total_time=3600

The first word is what names of seeds begin with; the rest is libFuzzer's. What it finds lies in ``build/fuzz/guided``.
"""

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["services.ingest"]):
    from tests.fuzz.judge import judge

from tests.fuzz.seeds import seeds

OUT = Path("build/fuzz/guided")
_LARGEST_SEED_BYTES = 64 * 1024


def main(wanted: str, options: list[str]) -> None:
    """Fuzz until the time is over or something is found.

    Args:
        wanted: what names of seeds begin with.
        options: libFuzzer's.
    """
    corpus = OUT / "corpus" / (wanted or "all")
    corpus.mkdir(parents=True, exist_ok=True)
    for place, seed in enumerate(seeds()):
        if seed.name.startswith(wanted) and len(seed.content) <= _LARGEST_SEED_BYTES:
            (corpus / f"seed-{place}").write_bytes(seed.content)
    with tempfile.TemporaryDirectory(prefix="zhitui-guided-") as folder:
        path, spool = Path(folder, "input"), Path(folder, "spool")
        spool.mkdir()

        def read(content: bytes) -> None:
            path.write_bytes(content)
            if problems := judge(path, spool).problems:
                raise AssertionError("\n".join(problems))

        found = f"-artifact_prefix={OUT.absolute()}/{wanted or 'all'}-"
        atheris.Setup([sys.argv[0], found, "-timeout=10", "-rss_limit_mb=2048", *options, str(corpus)], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:])
