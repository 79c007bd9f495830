"""Certificates for one run of the tests: good ones, and those that a client must not believe."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True, slots=True)
class Papers:
    """PEM files; each of a server or client holds its key and its chain.

    Attributes:
        ca: of the authority that clients and servers trust.
        server: for 127.0.0.1, good.
        client: good.
        expired: for 127.0.0.1, ran out yesterday.
        stranger: for 127.0.0.1, of an authority that nobody knows.
        elsewhere: good, but for another host.
    """

    ca: Path
    server: Path
    client: Path
    expired: Path
    stranger: Path
    elsewhere: Path


def make_papers(folder: Path) -> Papers:
    """Write them into a folder."""
    authority, unknown = trustme.CA(), trustme.CA()
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    now = datetime.now(UTC)
    days = timedelta(days=1)
    return Papers(
        ca=ca,
        server=_written(folder / "server.pem", authority.issue_cert("127.0.0.1")),
        client=_written(folder / "client.pem", authority.issue_cert("zhitui@example.com")),
        expired=_written(
            folder / "expired.pem",
            authority.issue_cert("127.0.0.1", not_before=now - 9 * days, not_after=now - 1 * days),
        ),
        stranger=_written(folder / "stranger.pem", unknown.issue_cert("127.0.0.1")),
        elsewhere=_written(folder / "elsewhere.pem", authority.issue_cert("kafka.example.com")),
    )


def _written(file: Path, certificate: trustme.LeafCert) -> Path:
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    # Kafka reads keys in the form PKCS #8 only.
    parts = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]
    parts += [blob.bytes() for blob in certificate.cert_chain_pems]
    file.write_bytes(b"".join(parts))
    file.chmod(0o600)
    return file
