"""Why a server cannot be reached, in words that say where to look."""

import socket
import ssl

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "它的证书不可信，或不是这个名字的"),
    (ssl.SSLError, "加密方式谈不拢，端口和加密设置可能不配"),
    (socket.gaierror, "查不到这个名字，请核对写法和这台机器的 DNS"),
    (ConnectionRefusedError, "那个端口没有开"),
    (TimeoutError, "没有应答，可能被防火墙拦住"),
    (ConnectionError, "连接被断开"),
)
"""Kind of error → what it means; the first that fits counts."""


def why_unreachable(error: BaseException) -> str:
    """Return why a connection failed: by the error, or by one that it was raised from; else its own text."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    for kind, words in _WORDS:
        if any(isinstance(one, kind) for one in causes):
            return words
    return str(error) or "没有应答"
