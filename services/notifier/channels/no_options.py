"""The options of a channel that has none."""

from typing import TYPE_CHECKING

from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_no_options(channel: str, options: "Mapping[str, str]") -> None:
    """Check that nothing is set.

    Raises:
        InvalidInputError: something is; the sentence names the first.
    """
    if options:
        raise InvalidInputError(f"{channel} 没有“{next(iter(options))}”这个选项；它不需要 --set。")
