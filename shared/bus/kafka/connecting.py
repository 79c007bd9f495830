"""How to reach the brokers, from the settings: addresses, TLS, login. TLS always verifies; nothing is ever tried with less."""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from shared.bus.kafka.failures import translated
from shared.errors import MisconfiguredError, RetryLaterError, ZhituiError
from shared.settings import KafkaSecurity

if TYPE_CHECKING:
    from pathlib import Path

    from shared.settings import Settings

CONNECT_SECONDS = 5.0
"""Longest wait for one address when a process starts."""

REQUEST_SECONDS = 15.0
"""Longest wait for an answer; longer than a group takes to share its partitions anew."""

_PROTOCOLS = {
    KafkaSecurity.PLAINTEXT: "PLAINTEXT",
    KafkaSecurity.TLS: "SSL",
    KafkaSecurity.SASL_PLAINTEXT: "SASL_PLAINTEXT",
    KafkaSecurity.SASL_TLS: "SASL_SSL",
}
_WITH_TLS = {KafkaSecurity.TLS, KafkaSecurity.SASL_TLS}
_WITH_LOGIN = {KafkaSecurity.SASL_PLAINTEXT, KafkaSecurity.SASL_TLS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What every connection to the cluster needs.

    Attributes:
        servers: host:port list of some brokers, to learn of the others.
        prefix: before every topic and group.
        security: arguments for aiokafka; holds the password, and is left out of the repr.
    """

    servers: str
    prefix: str = ""
    security: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def options(self) -> dict[str, Any]:
        """Arguments that aiokafka's clients, consumers and producers share."""
        return {
            "bootstrap_servers": self.servers,
            "client_id": "zhitui",
            "request_timeout_ms": int(REQUEST_SECONDS * 1000),
            "retry_backoff_ms": 100,
            **self.security,
        }


def link_of(settings: "Settings") -> Link:
    """Read the settings of the link.

    Raises:
        MisconfiguredError: one is missing or wrong.
    """
    if not settings.kafka_bootstrap_servers:
        raise MisconfiguredError(
            "ZHITUI_BUS=kafka 需要 ZHITUI_KAFKA_BOOTSTRAP_SERVERS；请写上 Kafka 的地址，例如 kafka-1:9092,kafka-2:9092。"
        )
    security: dict[str, Any] = {"security_protocol": _PROTOCOLS[settings.kafka_security]}
    if settings.kafka_security in _WITH_TLS:
        security["ssl_context"] = _tls(settings.kafka_ca_file, settings.kafka_cert_file, settings.kafka_key_file)
    elif settings.kafka_ca_file or settings.kafka_cert_file or settings.kafka_key_file:
        raise MisconfiguredError(
            f"设置了 Kafka 的证书文件，但 ZHITUI_KAFKA_SECURITY={settings.kafka_security.value} 不加密；"
            "请改成 tls 或 sasl-tls，或者去掉证书文件的设置。"
        )
    if settings.kafka_security in _WITH_LOGIN:
        if not settings.kafka_username or settings.kafka_password is None:
            raise MisconfiguredError(
                f"ZHITUI_KAFKA_SECURITY={settings.kafka_security.value} 需要 ZHITUI_KAFKA_USERNAME 和 "
                "ZHITUI_KAFKA_PASSWORD（或 ZHITUI_KAFKA_PASSWORD_FILE）；请设置它们。"
            )
        security |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    elif settings.kafka_username or settings.kafka_password is not None:
        raise MisconfiguredError(
            f"设置了 Kafka 的登录，但 ZHITUI_KAFKA_SECURITY={settings.kafka_security.value} 不登录；"
            "请改成 sasl-tls（或 sasl-plaintext），或者去掉登录的设置。"
        )
    return Link(servers=settings.kafka_bootstrap_servers, prefix=settings.kafka_prefix, security=security)


async def reach(link: Link) -> None:
    """Connect to any of the addresses, log in and ask something, to tell what is wrong where none can be reached.

    Raises:
        MisconfiguredError: a broker refuses the connection for what the settings say.
        RetryLaterError: no broker answers.
    """
    problems: list[ZhituiError] = []
    for host, port, _ in collect_hosts(link.servers):
        doing = f"连接 Kafka {host}:{port}"
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await _ask(host, port, link.security)
        except (KafkaConnectionError, ConnectionError) as error:
            problems.append(_hung_up(error.__cause__ or error, doing))
        except (KafkaError, OSError, TimeoutError) as error:
            problems.append(translated(error, doing))
        else:
            return
    wrong = [problem for problem in problems if isinstance(problem, MisconfiguredError)]
    raise (wrong or problems)[0]


async def _ask(host: str, port: int, security: dict[str, Any]) -> None:
    milliseconds = int(CONNECT_SECONDS * 1000)
    connection = await create_conn(host, port, client_id="zhitui", request_timeout_ms=milliseconds, **security)
    try:
        # Who did not log in where a login is asked for is thrown out by the first real question.
        await connection.send(MetadataRequest([]))
    finally:
        await connection.close()


def _hung_up(cause: BaseException, doing: str) -> ZhituiError:
    if isinstance(cause, ssl.SSLError):
        return translated(cause, doing)
    if isinstance(cause, ConnectionRefusedError):
        return RetryLaterError(f"{doing}：那里没有程序在听；请检查 ZHITUI_KAFKA_BOOTSTRAP_SERVERS，或者等它启动。")
    return RetryLaterError(
        f"{doing}：服务器一连上就断开。它可能正在启动，或者这个端口要求的安全方式与 ZHITUI_KAFKA_SECURITY 不同"
        f"（{type(cause).__name__}）。"
    )


def _tls(ca_file: "Path | None", cert_file: "Path | None", key_file: "Path | None") -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise MisconfiguredError(
            f"ZHITUI_KAFKA_CA_FILE 的文件 {ca_file} 读不了（{error}）；请指向 PEM 格式的证书。"
        ) from error
    if key_file and not cert_file:
        raise MisconfiguredError("设置了 ZHITUI_KAFKA_KEY_FILE，还需要 ZHITUI_KAFKA_CERT_FILE；请一并设置。")
    if cert_file:
        try:
            context.load_cert_chain(cert_file, key_file)
        except (OSError, ssl.SSLError) as error:
            raise MisconfiguredError(
                f"ZHITUI_KAFKA_CERT_FILE {cert_file} 或 ZHITUI_KAFKA_KEY_FILE {key_file} 读不了（{error}）；"
                "请指向 PEM 格式的证书和它的私钥。"
            ) from error
    return context
