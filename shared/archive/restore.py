"""Puts a backup into an installation: checked first, closed while it lasts, read back, and only then opened."""

import asyncio
from typing import TYPE_CHECKING

from shared.archive.filling import Filling, begin_section
from shared.archive.keys import Resealing, fingerprint
from shared.archive.sections import SECTIONS, title
from shared.archive.target import open_target
from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shared.archive.progress import Progress
    from shared.archive.reading import Backup
    from shared.runtime.role import Surroundings
    from shared.secret_box import SecretBox


def resealing_for(backup: "Backup", secrets: "SecretBox", old: "SecretBox | None") -> Resealing | None:
    """Return how the secrets of a backup get this installation's key; ``None`` when they have it.

    Raises:
        InvalidInputError: they have another key, and it was not given.
    """
    sealed_with = backup.manifest.key_fingerprint
    if sealed_with == fingerprint(secrets):
        return None
    if old is None:
        raise InvalidInputError(
            f"备份里的地址和密钥是用另一把密钥加密的（指纹 {sealed_with}，现在这把是 {fingerprint(secrets)}），恢复了也打不开。"
            "请把原来的 secret.key 放进数据目录，或用 ZHITUI_SECRET_KEY 指定它；"
            "要换成现在这把，用 --old-key-file 给出原来的密钥文件，恢复时会重新加密；但成员的登录、退订链接和订阅源的地址都按最早的密钥辨认，"
            "要它们照旧，请改为把原来的密钥写在 secret.key 的最后一行（ZHITUI_SECRET_KEY 则写在最后）。"
        )
    if sealed_with != fingerprint(old):
        raise InvalidInputError(f"--old-key-file 给出的也不是备份用的那把密钥（指纹 {sealed_with}）。")
    return Resealing(old, secrets)


async def restore(
    around: "Surroundings",
    backup: "Backup",
    *,
    files: "Mapping[str, Path]",
    replace: bool,
    old_secrets: "SecretBox | None",
    progress: "Progress",
) -> None:
    """Restore a backup; after an interruption, call it again with the same file.

    Raises:
        InvalidInputError: another key, or a target that holds something; nothing was changed. Or what was read back
            differs from what was written.
        MisconfiguredError: roles run on the target.
    """
    resealing = resealing_for(backup, around.secrets, old_secrets)
    made_at = f"{backup.manifest.made_at:%Y-%m-%d %H:%M:%S %Z}"
    target = await open_target(
        around,
        source=backup.manifest.id,
        reason=f"正在从备份（{made_at}）恢复，还没有完成；请再执行一次同样的 zhitui restore。",
        replace=replace,
    )
    done = frozenset(section for section in SECTIONS if target.has(section))
    sections = backup.lines(without=done)
    filling: Filling | None = None
    while (some := await asyncio.to_thread(next, sections, None)) is not None:
        section, lines = some
        if not lines:
            if filling is not None:
                await filling.end()
            progress.step(title(section))
            filling = begin_section(section, target, made_at=backup.manifest.made_at, resealing=resealing, files=files)
            await filling.begin()
        elif filling is not None:
            await filling.take(lines)
            progress.count(len(lines))
    if filling is not None:
        await filling.end()
    await around.store.archive.reopen()
