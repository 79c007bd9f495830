"""What goes wrong at Kafka, in Zhitui's words; no exception of aiokafka crosses the port."""

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import aiokafka.errors as kafka
from aiokafka.errors import KafkaError

from shared.errors import (
    InvalidInputError,
    MisconfiguredError,
    NotFoundError,
    RetryLaterError,
    StorageFullError,
    ZhituiError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEVER_LESS = "不会改用不加密的连接。"

_MEANINGS: tuple[tuple[tuple[type[Exception], ...], type[ZhituiError], str], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        MisconfiguredError,
        (
            "Kafka 服务器的证书通不过验证（{detail}）。请核对 ZHITUI_KAFKA_CA_FILE，以及 ZHITUI_KAFKA_BOOTSTRAP_SERVERS "
            f"里的主机名是否与证书一致；证书过期时请在服务器上更换。{_NEVER_LESS}"
        ),
    ),
    (
        (ssl.SSLError,),
        MisconfiguredError,
        (
            "TLS 握手失败（{detail}）。这个端口可能不是 TLS 端口，或者服务器要求客户端证书：请核对 ZHITUI_KAFKA_SECURITY、"
            f"ZHITUI_KAFKA_CERT_FILE 和 ZHITUI_KAFKA_KEY_FILE。{_NEVER_LESS}"
        ),
    ),
    (
        (kafka.IllegalSaslStateError,),
        MisconfiguredError,
        "这个端口不要求登录。请改用要求登录的端口，或者核对 ZHITUI_KAFKA_SECURITY。",
    ),
    (
        (kafka.SaslAuthenticationFailed, kafka.AuthenticationFailedError),
        MisconfiguredError,
        "Kafka 拒绝登录。请核对 ZHITUI_KAFKA_USERNAME、ZHITUI_KAFKA_PASSWORD 和 ZHITUI_KAFKA_SASL_MECHANISM。",
    ),
    (
        (kafka.UnsupportedSaslMechanismError,),
        MisconfiguredError,
        "Kafka 不支持这种登录方式。请改 ZHITUI_KAFKA_SASL_MECHANISM，或者核对端口是否要求登录。",
    ),
    (
        (
            kafka.TopicAuthorizationFailedError,
            kafka.GroupAuthorizationFailedError,
            kafka.ClusterAuthorizationFailedError,
        ),
        MisconfiguredError,
        "Kafka 的权限（ACL）不允许。请给 ZHITUI_KAFKA_USERNAME 的账号授权，所需权限见 docs/operations.md。",
    ),
    (
        (kafka.InvalidSessionTimeoutError,),
        MisconfiguredError,
        (
            "Kafka 不接受 ZHITUI_SESSION_SECONDS 这么长的会话；请改在 group.min.session.timeout.ms（通常 6 秒）和"
            "group.max.session.timeout.ms（通常 30 分钟）之间。"
        ),
    ),
    (
        (kafka.InconsistentGroupProtocolError,),
        MisconfiguredError,
        "Kafka 上同名的消费组被别的程序占用；请用 ZHITUI_KAFKA_PREFIX 与它分开。",
    ),
    (
        (kafka.MessageSizeTooLargeError, kafka.RecordListTooLargeError),
        InvalidInputError,
        "记录超过这个主题的 max.message.bytes；请拆小，或在 Kafka 上调大这个上限。",
    ),
    (
        (kafka.UnknownTopicOrPartitionError, kafka.InvalidTopicError),
        NotFoundError,
        "Kafka 上没有这个主题；请先运行 zhitui topics create。",
    ),
    (
        (kafka.KafkaStorageError,),
        StorageFullError,
        "Kafka 写不了磁盘；请给服务器腾出空间，腾出后自动继续。",
    ),
    (
        (kafka.NotEnoughReplicasError, kafka.NotEnoughReplicasAfterAppendError),
        RetryLaterError,
        "在线的副本少于 min.insync.replicas；请检查各台 Kafka 服务器，恢复后自动继续。",
    ),
    ((TimeoutError, kafka.KafkaTimeoutError, kafka.RequestTimedOutError), RetryLaterError, "Kafka 在时限内没有应答。"),
)
"""The first row that fits tells; what fits none is retried."""


def translated(error: Exception, doing: str) -> ZhituiError:
    """Return the error of our own tree that tells a loop what to do.

    Args:
        error: of aiokafka, of ``ssl`` or of the network.
        doing: what was tried, in Chinese: "连接 127.0.0.1:9092", "写入 zhitui.matches.v1".
    """
    if isinstance(error, ZhituiError):
        return error
    for kinds, meaning, text in _MEANINGS:
        if isinstance(error, kinds):
            return meaning(f"{doing}：{text.format(detail=_detail(error))}")
    return RetryLaterError(f"{doing}：Kafka 没有正常应答（{type(error).__name__}），稍后再试。")


@contextmanager
def translating(doing: str) -> "Iterator[None]":
    """Raise what goes wrong inside as an error of our own tree."""
    try:
        yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise translated(error, doing) from error


def _detail(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return error.verify_message
        case ssl.SSLError():
            return error.reason or "没有说明"
        case _:
            return type(error).__name__
