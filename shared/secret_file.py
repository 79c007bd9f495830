"""Secrets that stand in files of their own, as containers mount them."""

from typing import TYPE_CHECKING

from shared.errors import MisconfiguredError

if TYPE_CHECKING:
    from pathlib import Path


def read_secret(path: "Path", named: str) -> str:
    """Return what a file says, without white space around it.

    Args:
        path: of the file.
        named: the setting that names it, for the operator.

    Raises:
        MisconfiguredError: it cannot be read, or is no text in UTF-8.
    """
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise MisconfiguredError(
            f"{named} 指向的文件 {path} 读不了（{error.strerror or error}）；请检查路径和权限。"
        ) from error
    except UnicodeDecodeError:
        raise MisconfiguredError(f"{named} 指向的文件 {path} 不是 UTF-8 文字；请检查是不是指错了文件。") from None
