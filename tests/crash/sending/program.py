"""The notifier as ``zhitui serve notifier`` runs it, but the waits between two tries of a message take seconds in all, not a day."""

import runpy
import sys

from services.notifier.delivery import verdict

RETRY_SECONDS = (0.3, 0.6, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0)

if __name__ == "__main__":
    verdict.RETRY_SECONDS = RETRY_SECONDS
    sys.argv[1:] = ["serve", "notifier"]
    runpy.run_module("services", run_name="__main__", alter_sys=True)
