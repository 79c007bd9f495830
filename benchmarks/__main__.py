"""Run every benchmark and print one table."""

import argparse
import importlib

ALL = (
    "parsing",
    "cnipa_day",
    "spreadsheets",
    "matching",
    "extremes",
    "live",
    "quality",
    "ranking",
    "fuzzy_quality",
    "applicants",
    "term_statistics",
    "pipeline",
    "owing",
    "notify",
    "lookback",
    "portal",
    "dead_destinations",
    "backlog",
    "footprint",
    "archiving",
)


def main() -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *ALL], help="which to run; none means all")
    for name in parser.parse_args().names or ALL:
        print(f"\n{name}", flush=True)
        for label, figure in importlib.import_module(f"benchmarks.{name}").run():
            print(f"  {label:<56} {figure}", flush=True)


if __name__ == "__main__":
    main()
