"""The certificates that a mail server is checked against."""

import ssl
from typing import TYPE_CHECKING

from shared.errors import ChannelMisconfiguredError, Reason

if TYPE_CHECKING:
    from shared.settings import Settings


def own_ca(settings: "Settings") -> ssl.SSLContext | None:
    """Return a context that trusts ``smtp_ca_file`` alone; ``None`` where it is unset: the system's then count.

    Raises:
        ChannelMisconfiguredError: the file cannot be read or holds no certificate.
    """
    path = settings.smtp_ca_file
    if path is None:
        return None
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:  # ssl.SSLError is one, too
        raise ChannelMisconfiguredError(
            f"ZHITUI_SMTP_CA_FILE 指向的文件 {path} 读不了，或里面没有 PEM 证书（{error.strerror or type(error).__name__}）。"
            "请检查路径、权限和内容。",
            reason=Reason.CONFIGURATION,
        ) from None
