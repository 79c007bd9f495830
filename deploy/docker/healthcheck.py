#!/usr/bin/env python3
"""Exits 0 when the process of this container answers that it lives, else 1 with the reason: a container's HEALTHCHECK."""

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 4.0
"""Less than the container engine waits, more than the store is given to answer."""


def problem(port: str) -> str | None:
    """Return why the process on this port of loopback is not well, ``None`` when it is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=TIMEOUT_SECONDS):
            return None
    except urllib.error.HTTPError as error:
        return error.read().decode("utf-8", "replace")
    except OSError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(problem(os.environ.get("ZHITUI_HTTP_PORT", "8080")))
