"""The link to Kafka: right settings get in, wrong ones are told by name, and nothing is ever tried with less."""

import asyncio
import io
from pathlib import Path

import pytest

from shared.bus.kafka.bus import open_bus
from shared.bus.kafka.connecting import link_of, reach
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS
from shared.errors import MisconfiguredError, RetryLaterError, ZhituiError
from shared.logs import configure_logs
from shared.settings import Settings, load_settings
from tests.faults.proxy import Proxy
from tests.integration.links.links import kafka_settings, login, until_idle
from tests.integration.links.papers import Papers
from tests.integration.links.secured import MECHANISMS, PASSWORD, SecuredKafka
from tests.integration.links.wire import connections_sent, is_tls

pytestmark = pytest.mark.city


WRONG = "Bu-shi-zhege"

RIGHT = [
    ("tls", "tls", None),
    ("mutual", "tls", None),
    *(("login", "sasl-tls", mechanism) for mechanism in MECHANISMS),
    ("plain_login", "sasl-plaintext", "SCRAM-SHA-256"),
]


async def refusal(settings: Settings, door: Proxy) -> ZhituiError:
    with pytest.raises(ZhituiError) as told:
        await reach(link_of(settings))
    await until_idle(door)
    return told.value


@pytest.mark.parametrize(("door", "security", "mechanism"), RIGHT)
async def test_right_settings_carry_records_from_end_to_end(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path, *, door: str, security: str, mechanism: str | None
) -> None:
    proxy: Proxy = getattr(secure_kafka, door)
    more: dict[str, object] = {**login(mechanism)} if mechanism else {}
    if security.endswith("tls"):
        more["ca_file"] = papers.ca
    if door == "mutual":
        more |= {"cert_file": papers.client, "key_file": papers.client}
    proxy.record()
    async with open_bus(link_of(kafka_settings(tmp_path, proxy.address, security, **more))) as bus:
        await bus.create([PUBLICATIONS])
        await bus.append(PUBLICATIONS, [Record(key="CN1A", value=b"what is public")])
        async with bus.consumer(PUBLICATIONS, "readers") as consumer:
            received = await consumer.poll(10, 10.0)
            assert [record.value for record in received] == [b"what is public"]
            await consumer.commit(received)
        assert await bus.lag(PUBLICATIONS, "readers") == 0
    sent = connections_sent(proxy)
    assert sent
    assert all(is_tls(one) == (security != "sasl-plaintext") for one in sent)
    assert not any(PASSWORD.encode() in one for one in sent)


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_a_wrong_password_is_told_by_name_and_never_by_value(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path, mechanism: str
) -> None:
    log = io.StringIO()
    configure_logs(load_settings(data_dir=tmp_path, log_level="debug"), log)
    secure_kafka.login.record()
    wrong = kafka_settings(
        tmp_path, secure_kafka.login.address, "sasl-tls", ca_file=papers.ca, **login(mechanism, WRONG)
    )
    error = await refusal(wrong, secure_kafka.login)
    assert isinstance(error, MisconfiguredError)
    assert "ZHITUI_KAFKA_PASSWORD" in str(error)
    texts = (str(error), repr(error), repr(error.__cause__), repr(error.__context__), repr(link_of(wrong)), repr(wrong))
    assert not any(WRONG in text for text in (*texts, log.getvalue()))
    assert connections_sent(secure_kafka.login)
    assert all(is_tls(sent) for sent in connections_sent(secure_kafka.login))


@pytest.mark.parametrize("security", ["tls", "sasl-tls"])
@pytest.mark.parametrize("door", ["plain", "plain_login"])
async def test_tls_is_never_given_up_where_the_server_speaks_plain_text(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path, door: str, security: str
) -> None:
    proxy: Proxy = getattr(secure_kafka, door)
    proxy.record()
    more = login("PLAIN") if security == "sasl-tls" else {}
    error = await refusal(kafka_settings(tmp_path, proxy.address, security, ca_file=papers.ca, **more), proxy)
    assert isinstance(error, MisconfiguredError | RetryLaterError)
    assert "ZHITUI_KAFKA_SECURITY" in str(error)
    assert connections_sent(proxy)
    assert all(is_tls(one) for one in connections_sent(proxy))


@pytest.mark.parametrize("door", ["tls", "login", "plain_login"])
async def test_plain_text_where_more_is_asked_for_names_the_setting(
    secure_kafka: SecuredKafka, tmp_path: Path, door: str
) -> None:
    proxy: Proxy = getattr(secure_kafka, door)
    error = await refusal(kafka_settings(tmp_path, proxy.address, "plaintext"), proxy)
    assert "ZHITUI_KAFKA_SECURITY" in str(error)


async def test_a_login_where_none_is_asked_for_names_the_setting(secure_kafka: SecuredKafka, tmp_path: Path) -> None:
    settings = kafka_settings(tmp_path, secure_kafka.plain.address, "sasl-plaintext", **login())
    error = await refusal(settings, secure_kafka.plain)
    assert "ZHITUI_KAFKA_SECURITY" in str(error)


async def test_no_certificate_where_one_is_asked_for_names_the_setting(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path
) -> None:
    settings = kafka_settings(tmp_path, secure_kafka.mutual.address, "tls", ca_file=papers.ca)
    error = await refusal(settings, secure_kafka.mutual)
    assert "ZHITUI_KAFKA_CERT_FILE" in str(error)


async def test_a_server_that_turns_to_plain_text_gets_none_and_work_goes_on_when_it_is_itself_again(
    secure_kafka: SecuredKafka, papers: Papers, tmp_path: Path
) -> None:
    proxy = secure_kafka.login
    own, plain = (
        next(door.port for door in secure_kafka.services.kafka.listeners if door.name == name)
        for name in ("LOGIN", "PLAINLOGIN")
    )
    settings = kafka_settings(tmp_path, proxy.address, "sasl-tls", ca_file=papers.ca, **login())
    async with open_bus(link_of(settings)) as bus:
        await bus.create([PUBLICATIONS])
        await bus.append(PUBLICATIONS, [Record(key="CN1A", value=b"before")])
        proxy.record()
        proxy.redirect(plain)
        try:
            appending = asyncio.create_task(bus.append(PUBLICATIONS, [Record(key="CN2A", value=b"under way")]))
            await asyncio.to_thread(proxy.wait_for_connections, 3)
            sent = connections_sent(proxy)
        finally:
            proxy.redirect(own)
        assert sent
        assert all(is_tls(one) for one in sent)
        await asyncio.wait_for(appending, 30)
        assert sum((await bus.ends(PUBLICATIONS)).values()) == 2


async def test_a_server_that_is_away_or_silent_is_waited_for(secure_kafka: SecuredKafka, tmp_path: Path) -> None:
    settings = kafka_settings(tmp_path, secure_kafka.plain.address, "plaintext")
    secure_kafka.plain.refuse()
    try:
        error = await refusal(settings, secure_kafka.plain)
        assert isinstance(error, RetryLaterError)
        assert "ZHITUI_KAFKA_BOOTSTRAP_SERVERS" in str(error)
        secure_kafka.plain.heal()
        secure_kafka.plain.stall()
        async with asyncio.timeout(15):
            with pytest.raises(RetryLaterError):
                await reach(link_of(settings))
    finally:
        secure_kafka.plain.heal()
    await reach(link_of(settings))
    await until_idle(secure_kafka.plain)
