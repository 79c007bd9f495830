"""Workers as they must not be."""

import os
import signal
import time
from multiprocessing.connection import Connection


def hang(link: Connection) -> None:
    """Take an input and never answer."""
    link.recv()
    time.sleep(60)


def die(link: Connection) -> None:
    """Take an input and be killed over it."""
    link.recv()
    os.kill(os.getpid(), signal.SIGKILL)
