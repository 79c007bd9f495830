"""The program, whose requests are free soon after their portal died: no test waits for twenty seconds."""

from services.cli.app import main
from services.portal.api import idempotency
from services.portal.console import pressed_once

LEASE_SECONDS = 1.5

idempotency.LEASE_SECONDS = LEASE_SECONDS
idempotency.UNDER_WAY_SECONDS = 0.5
pressed_once.LEASE_SECONDS = LEASE_SECONDS

if __name__ == "__main__":
    main()
