"""Answers that are files."""

import msgspec


class FileAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be kept.

    Attributes:
        name: ASCII without quotes.
        is_whole: whether all that was asked for is in it.
    """

    name: str
    media_type: str
    content: bytes
    is_whole: bool

    @property
    def headers(self) -> dict[str, str]:
        """What an answer with it carries; `Zhitui-Complete` is a boolean of structured fields (RFC 9651)."""
        return {
            "Content-Disposition": f'attachment; filename="{self.name}"',
            "Zhitui-Complete": "?1" if self.is_whole else "?0",
        }
