"""A call that never came to an answer: what aiohttp raises, as what the loop must do.

Keys stand in addresses, and aiohttp's errors may carry the address: so none of them is chained, and no sentence names it.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiohttp

from shared.errors import Reason, RetryLaterError
from shared.guarded_http import is_forbidden

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def translated(name: str) -> "Iterator[None]":
    """Translate what goes wrong on the way.

    Args:
        name: of the other side, as people call it.

    Raises:
        RetryLaterError: no answer; ``ambiguous`` when the request may have arrived.
        aiohttp.InvalidURL: as it is: whose fault that is, the caller knows.
    """
    try:
        yield
    except aiohttp.InvalidURL:
        raise
    except aiohttp.ConnectionTimeoutError:
        raise RetryLaterError(f"{name}连接超时", reason=Reason.TIMEOUT) from None
    except TimeoutError:
        raise RetryLaterError(f"{name}没有在时限内回答", reason=Reason.TIMEOUT, ambiguous=True) from None
    except aiohttp.ClientConnectorCertificateError:
        raise RetryLaterError(f"{name}的证书不可信，没有发出；请换上有效的证书", reason=Reason.UNREACHABLE) from None
    except aiohttp.ClientConnectorError as error:
        if is_forbidden(error):
            raise RetryLaterError(
                f"{name}的域名指向本机或内部网络，没有连接；确实要推送到内网时，请管理员把它写进 ZHITUI_INTRANET_RECEIVERS",
                reason=Reason.UNREACHABLE,
            ) from None
        cause = type(error.os_error).__name__
        raise RetryLaterError(f"连接不上{name}（{cause}）", reason=Reason.UNREACHABLE) from None
    except (aiohttp.ClientError, OSError) as error:
        cause = type(error).__name__
        raise RetryLaterError(f"与{name}的连接中途断了（{cause}）", reason=Reason.UNREACHABLE, ambiguous=True) from None
