"""A broker and a database that let only those in who may, each behind a proxy that looks at the wire."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.proxy import Proxy
from tests.integration.links.papers import Papers
from tests.servers import own_services
from tools.services import KAFKA, MONGOD, Access, Listener, Services, free_port

USER = "zhitui"
PASSWORD = "Wo-bu-gaosu-ni:8@/%7"  # with what must be escaped in a URI and in a broker's settings

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

_DOORS = {"TLS": "SSL", "MUTUAL": "SSL", "LOGIN": "SASL_SSL", "PLAINLOGIN": "SASL_PLAINTEXT"}


@dataclass(frozen=True, slots=True)
class SecuredKafka:
    """One broker with several doors.

    Attributes:
        plain: asks for nothing.
        tls: TLS.
        mutual: TLS, and a client's certificate.
        login: TLS, and a name and password by any of `MECHANISMS`.
        plain_login: the same without TLS.
    """

    services: Services
    plain: Proxy
    tls: Proxy
    mutual: Proxy
    login: Proxy
    plain_login: Proxy


@contextmanager
def secured_kafka(folder: Path, papers: Papers) -> Iterator[SecuredKafka]:
    """Start the broker; every door's advertised address is its proxy."""
    with ExitStack() as stack:
        doors = {
            name: Listener(name=name, protocol=protocol, port=free_port(), advertised_port=free_port())
            for name, protocol in {"OPEN": "PLAINTEXT", **_DOORS}.items()
        }
        proxies = {
            name: stack.enter_context(Proxy(door.port, port=door.advertised_port)) for name, door in doors.items()
        }
        properties: dict[str, str | int] = {}
        for name, protocol in _DOORS.items():
            own = f"listener.name.{name.lower()}"
            if protocol.endswith("SSL"):
                properties |= {f"{own}.ssl.keystore.type": "PEM", f"{own}.ssl.keystore.location": str(papers.server)}
            if protocol.startswith("SASL"):
                properties |= {
                    f"{own}.sasl.enabled.mechanisms": ",".join(MECHANISMS),
                    f"{own}.plain.sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule required"
                    f' user_{USER}="{PASSWORD}";',
                } | {
                    f"{own}.{mechanism.lower()}.sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required;"
                    for mechanism in MECHANISMS[1:]
                }
        properties |= {
            "listener.name.mutual.ssl.client.auth": "required",
            "listener.name.mutual.ssl.truststore.type": "PEM",
            "listener.name.mutual.ssl.truststore.location": str(papers.ca),
        }
        services = stack.enter_context(
            own_services(
                folder,
                KAFKA,
                listeners=tuple(doors.values()),
                broker_properties=properties,
                scram_users={USER: PASSWORD},
            )
        )
        yield SecuredKafka(services, *(proxies[name] for name in doors))


@dataclass(frozen=True, slots=True)
class SecuredMongo:
    """A mongod that speaks TLS only and wants to know who asks, behind a proxy."""

    services: Services
    proxy: Proxy


@contextmanager
def secured_mongo(folder: Path, papers: Papers) -> Iterator[SecuredMongo]:
    """Start it; `USER` may do everything."""
    key_file = folder / "members.key"
    folder.mkdir(parents=True, exist_ok=True)
    key_file.write_text("a2V5IG9mIGEgc2V0IG9mIG9uZQ==", "ascii")
    key_file.chmod(0o600)
    access = Access(
        arguments=(
            *("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(papers.server), "--tlsCAFile", str(papers.ca)),
            *("--tlsAllowConnectionsWithoutCertificates", "--keyFile", str(key_file)),
        ),
        client={"tls": True, "tlsCAFile": str(papers.ca)},
        admin=(USER, PASSWORD),
    )
    with (
        own_services(folder, MONGOD, mongo_access=access) as services,
        Proxy(services.mongod.port) as proxy,
    ):
        yield SecuredMongo(services, proxy)
