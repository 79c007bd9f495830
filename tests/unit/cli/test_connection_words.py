"""Why a server cannot be reached is said in words, however deep a library wraps the reason."""

import socket
import ssl

import pytest

from services.cli.checks.connection_words import why_unreachable


def wrapped(reason: BaseException) -> Exception:
    outer = RuntimeError("Error connecting to mail.example.cn on port 465")
    outer.__cause__ = OSError("connect call failed")
    outer.__cause__.__context__ = reason
    return outer


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "DNS"),
        (ConnectionRefusedError(111, "refused"), "端口没有开"),
        (TimeoutError(), "防火墙"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "证书"),
        (ssl.SSLError(1, "wrong version number"), "加密设置"),
        (ConnectionResetError(104, "reset"), "断开"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, BaseException) else "",
)
def test_a_reason_is_found_and_worded(reason: BaseException, said: str) -> None:
    assert said in why_unreachable(reason)
    assert said in why_unreachable(wrapped(reason))


def test_what_nobody_thought_of_is_said_as_it_is() -> None:
    assert why_unreachable(RuntimeError("odd")) == "odd"
    assert why_unreachable(RuntimeError()) == "没有应答"
