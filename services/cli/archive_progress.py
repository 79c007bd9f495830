"""How backup, restore and migrate say how far they are: a line a step, and how many documents it had, and how fast."""

import time

from services.cli.output import say

_EVERY_SECONDS = 5.0


class SpokenProgress:
    """See `shared.archive.progress.Progress`."""

    def __init__(self) -> None:
        self._text = ""
        self._documents = 0
        self._began = self._told = time.monotonic()

    def step(self, text: str) -> None:
        """Say how the last step ended, and that this one begins."""
        self.end()
        self._text = text
        self._documents = 0
        self._began = self._told = time.monotonic()

    def count(self, documents: int) -> None:
        """Count, and say how many they are by now, but not too often."""
        self._documents += documents
        now = time.monotonic()
        if now - self._told >= _EVERY_SECONDS:
            self._told = now
            say(f"  {self._text}：已 {self._documents:,} 条……")

    def end(self) -> None:
        """Say how the last step ended."""
        if self._text:
            seconds = time.monotonic() - self._began
            say(f"✓ {self._text}：{self._documents:,} 条，{seconds:.1f} 秒")
            self._text = ""
