"""What a watched folder is called among processes that may see it under different paths: a name kept in the folder itself."""

import os
import secrets
from pathlib import Path

FILE = ".zhitui-folder"


def folder_id(folder: Path) -> str:
    """Return the folder's name, made at the first time.

    Processes that share a folder (over a network, or as a mounted volume) read the same name, whatever path they see it
    under; folders that only look alike, on machines of their own, have different ones. A folder that may not be written
    goes by its path.

    Raises:
        OSError: the folder cannot be used, or not looked into.
    """
    folder.mkdir(parents=True, exist_ok=True)
    os.scandir(folder).close()
    path = folder / FILE
    if not path.exists():
        _make(path)
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return str(folder.absolute())


def _make(path: Path) -> None:
    fresh = path.with_name(f"{FILE}.{secrets.token_hex(4)}")
    try:
        fresh.write_text(secrets.token_hex(12), "ascii")
    except OSError:
        return
    try:
        os.link(fresh, path)  # whole or not at all, and never over a name that another process gave first
    except FileExistsError:
        pass
    except OSError:
        fresh.rename(
            path
        )  # a file system without links; two that start at the same moment may differ until they restart
    finally:
        fresh.unlink(missing_ok=True)
