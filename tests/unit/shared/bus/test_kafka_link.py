"""Settings of the link to Kafka: what is missing or does not go together is told by name."""

from pathlib import Path

import pytest
import trustme

from shared.bus.kafka.connecting import link_of
from shared.errors import MisconfiguredError
from shared.settings import Settings

PASSWORD = "geheim-xyz"


def settings(**kafka: object) -> Settings:
    names = {"bootstrap_servers": "kafka-1:9092"} | kafka
    return Settings(bus="kafka", **{f"kafka_{name}": value for name, value in names.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"bootstrap_servers": None}, "ZHITUI_KAFKA_BOOTSTRAP_SERVERS"),
        ({"ca_file": Path("ca.pem")}, "ZHITUI_KAFKA_SECURITY"),
        ({"username": "u", "password": PASSWORD}, "ZHITUI_KAFKA_SECURITY"),
        ({"security": "sasl-plaintext", "username": "u"}, "ZHITUI_KAFKA_PASSWORD"),
        ({"security": "sasl-tls", "password": PASSWORD}, "ZHITUI_KAFKA_USERNAME"),
        ({"security": "tls", "ca_file": Path("/nowhere/ca.pem")}, "ZHITUI_KAFKA_CA_FILE"),
        ({"security": "tls", "key_file": Path("/nowhere/key.pem")}, "ZHITUI_KAFKA_CERT_FILE"),
        ({"security": "tls", "cert_file": Path("/nowhere/cert.pem")}, "ZHITUI_KAFKA_CERT_FILE"),
    ],
)
def test_a_wrong_setting_is_named_and_no_password_is_told(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(MisconfiguredError, match=named) as told:
        link_of(settings(**wrong))
    assert PASSWORD not in str(told.value)


def test_tls_always_verifies(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(ca_file))
    for security in ("tls", "sasl-tls"):
        login = {"username": "u", "password": PASSWORD} if security == "sasl-tls" else {}
        context = link_of(settings(security=security, ca_file=ca_file, **login)).security["ssl_context"]
        assert context.check_hostname
        assert context.verify_mode.name == "CERT_REQUIRED"


def test_a_link_shows_no_password() -> None:
    link = link_of(settings(security="sasl-plaintext", username="u", password=PASSWORD, prefix="city."))
    assert link.options["sasl_plain_password"] == PASSWORD
    assert PASSWORD not in repr(link)
    assert (link.prefix, link.options["security_protocol"]) == ("city.", "SASL_PLAINTEXT")
