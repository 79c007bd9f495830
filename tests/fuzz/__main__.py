"""``python -m tests.fuzz``: so many mutated inputs of every format; findings go into a folder, each with what was wrong."""

import argparse
import sys
import time
from pathlib import Path

from services.cli.output import say
from tests.fuzz.running import Report, inputs, keep, run

_TOLD_EVERY = 500


def main() -> int:
    """Run, tell, and return 1 when something was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("-n", type=int, default=10_000, help="how many inputs")
    asked.add_argument("--seed", type=int, default=1, help="another seed, other inputs")
    asked.add_argument("--only", default="", help="only seeds whose name begins so, gazette_csv say")
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--out", type=Path, default=Path("build/fuzz"), help="where findings go")
    given = asked.parse_args()
    began = time.monotonic()

    kept = 0

    def tell(report: Report) -> None:
        nonlocal kept
        for found in report.findings[kept:]:
            keep(*found, given.out)
        kept = len(report.findings)
        if report.inputs % _TOLD_EVERY == 0:
            say(_line(report, time.monotonic() - began))

    report = run(inputs(given.n, given.seed, given.only), workers=given.workers, tell=tell)
    say(_line(report, time.monotonic() - began))
    say(f"formats: {dict(report.formats.most_common())}")
    say(f"refused with: {dict(report.codes.most_common())}")
    for one, problems in report.findings[:20]:
        say(f"!! {one.seed} #{one.number} {' '.join(one.done)}: {problems[0].strip().splitlines()[-1][:300]}")
    return 1 if report.findings else 0


def _line(report: Report, seconds: float) -> str:
    return (
        f"{report.inputs} inputs in {seconds:.0f} s: {report.parsed} publications, {report.rejected} refused, "
        f"{len(report.findings)} findings; slowest {report.slowest_seconds:.1f} s, "
        f"largest growth {report.largest_growth_bytes / 2**20:.0f} MiB"
    )


if __name__ == "__main__":
    sys.exit(main())
