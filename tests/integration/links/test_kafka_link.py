"""The link to Kafka: right settings get in, wrong ones are told by name, and nothing is ever tried with less."""

import asyncio
import io
from pathlib import Path

import pytest

from shared.bus.kafka.connecting import Link, link_of, reach
from shared.errors import MisconfiguredError, RetryLaterError, ZhituiError
from shared.logs import configure_logs
from shared.settings import load_settings
from tests.faults.proxy import Proxy
from tests.integration.links.papers import Papers
from tests.integration.links.secured import MECHANISMS, PASSWORD, USER, SecuredKafka
from tests.integration.links.wire import connections_sent, is_tls

WRONG = "Bu-shi-zhege"


def link(folder: Path, door: Proxy, security: str, **more: object) -> Link:
    names = {f"kafka_{name}": value for name, value in more.items()}
    return link_of(
        load_settings(
            data_dir=folder, bus="kafka", kafka_bootstrap_servers=door.address, kafka_security=security, **names
        )
    )


async def refusal(link: Link, door: Proxy) -> ZhituiError:
    with pytest.raises(ZhituiError) as told:
        await reach(link)
    await asyncio.to_thread(door.wait_until_idle)  # the library says goodbye in the background
    return told.value


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_a_wrong_password_is_told_by_name_and_never_by_value(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path, mechanism: str
) -> None:
    log = io.StringIO()
    configure_logs(load_settings(data_dir=tmp_path, log_level="debug"), log)
    secure_kafka.login.record()
    wrong = link(
        tmp_path,
        secure_kafka.login,
        "sasl-tls",
        ca_file=papers.ca,
        username=USER,
        password=WRONG,
        sasl_mechanism=mechanism,
    )
    error = await refusal(wrong, secure_kafka.login)
    assert isinstance(error, MisconfiguredError)
    assert "ZHITUI_KAFKA_PASSWORD" in str(error)
    for text in (str(error), repr(error), repr(error.__cause__), repr(error.__context__), repr(wrong), log.getvalue()):
        assert WRONG not in text
    assert connections_sent(secure_kafka.login)
    assert all(is_tls(sent) for sent in connections_sent(secure_kafka.login))


@pytest.mark.parametrize("security", ["tls", "sasl-tls"])
@pytest.mark.parametrize("door", ["plain", "plain_login"])
async def test_tls_is_never_given_up_where_the_server_speaks_plain_text(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path, door: str, security: str
) -> None:
    proxy: Proxy = getattr(secure_kafka, door)
    proxy.record()
    login = {"username": USER, "password": PASSWORD, "sasl_mechanism": "PLAIN"} if security == "sasl-tls" else {}
    error = await refusal(link(tmp_path, proxy, security, ca_file=papers.ca, **login), proxy)
    assert isinstance(error, MisconfiguredError | RetryLaterError)
    assert "ZHITUI_KAFKA_SECURITY" in str(error)
    sent = connections_sent(proxy)
    assert sent
    assert all(is_tls(one) for one in sent)


@pytest.mark.parametrize("door", ["tls", "login"])
async def test_plain_text_at_a_tls_door_names_the_setting(
    secure_kafka: SecuredKafka, tmp_path: Path, door: str
) -> None:
    proxy: Proxy = getattr(secure_kafka, door)
    error = await refusal(link(tmp_path, proxy, "plaintext"), proxy)
    assert "ZHITUI_KAFKA_SECURITY" in str(error)


async def test_no_login_where_one_is_asked_for_names_the_setting(secure_kafka: SecuredKafka, tmp_path: Path) -> None:
    error = await refusal(link(tmp_path, secure_kafka.plain_login, "plaintext"), secure_kafka.plain_login)
    assert "ZHITUI_KAFKA_SECURITY" in str(error)


async def test_no_certificate_where_one_is_asked_for_names_the_setting(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path
) -> None:
    error = await refusal(link(tmp_path, secure_kafka.mutual, "tls", ca_file=papers.ca), secure_kafka.mutual)
    assert "ZHITUI_KAFKA_CERT_FILE" in str(error)
