"""The link to MongoDB: right settings get in, wrong ones are told by name, and nothing is ever tried with less."""

import io
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.errors import MisconfiguredError, RetryLaterError, ZhituiError
from shared.logs import configure_logs
from shared.secret_box import SecretBox
from shared.settings import Settings, load_settings
from shared.store.mongo.link import open_link
from shared.store.mongo.store import open_mongo_store
from shared.wire.profile import Profile, Rule
from tests.faults.proxy import Proxy
from tests.integration.links.links import mongo_settings
from tests.integration.links.papers import Papers
from tests.integration.links.secured import PASSWORD, SecuredMongo
from tests.integration.links.wire import connections_sent, is_tls
from tests.servers import mongo_address

pytestmark = pytest.mark.city


WRONG = "Bu-shi-zhege"
PROFILE = Profile(id="p-1", name="固态电池", rules=(Rule(groups=(("固态电池",),)),))


async def refusal(settings: Settings) -> ZhituiError:
    with pytest.raises(ZhituiError) as told:
        async with open_link(settings):
            pass
    return told.value


def plain_port() -> int:
    return int(mongo_address().split("/")[2].split(",")[0].rpartition(":")[2])


async def test_right_settings_keep_documents_and_the_wire_shows_neither_them_nor_the_login(
    secure_mongo: SecuredMongo, papers: Papers, tmp_path: Path, secrets: SecretBox
) -> None:
    secure_mongo.proxy.record()
    clock = SystemClock()
    settings = mongo_settings(tmp_path, secure_mongo.proxy.address, ca=papers.ca, password=PASSWORD, timeout_seconds=15)
    async with open_mongo_store(settings, clock, secrets) as store:
        await store.profiles.put([PROFILE], saved_at=clock.now())
        assert await store.profiles.get("p-1") == PROFILE
    sent = connections_sent(secure_mongo.proxy)
    assert sent
    assert all(is_tls(one) for one in sent)


async def test_a_wrong_password_is_told_by_name_and_never_by_value(
    secure_mongo: SecuredMongo, papers: Papers, tmp_path: Path
) -> None:
    log = io.StringIO()
    configure_logs(load_settings(data_dir=tmp_path, log_level="debug"), log)
    settings = mongo_settings(tmp_path, secure_mongo.proxy.address, ca=papers.ca, password=WRONG)
    error = await refusal(settings)
    assert isinstance(error, MisconfiguredError)
    assert "ZHITUI_MONGO_URI" in str(error)
    assert "密码" in str(error)
    texts = (str(error), repr(error), repr(error.__cause__), repr(error.__context__), repr(settings))
    assert not any(WRONG in text for text in (*texts, log.getvalue()))


async def test_no_login_where_one_is_asked_for_names_the_setting(
    secure_mongo: SecuredMongo, papers: Papers, tmp_path: Path, secrets: SecretBox
) -> None:
    settings = mongo_settings(tmp_path, secure_mongo.proxy.address, ca=papers.ca)
    with pytest.raises(MisconfiguredError, match="ZHITUI_MONGO_URI"):
        async with open_mongo_store(settings, SystemClock(), secrets):
            pass


async def test_tls_is_never_given_up_where_the_server_speaks_plain_text(papers: Papers, tmp_path: Path) -> None:
    with Proxy(plain_port()) as proxy:
        proxy.record()
        error = await refusal(mongo_settings(tmp_path, proxy.address, ca=papers.ca, password=PASSWORD))
        sent = connections_sent(proxy)
    assert "ZHITUI_MONGO_URI" in str(error)
    assert sent
    assert all(is_tls(one) for one in sent)


async def test_plain_text_where_tls_is_asked_for_names_the_setting_and_gives_no_password_away(
    secure_mongo: SecuredMongo, tmp_path: Path
) -> None:
    secure_mongo.proxy.record()
    error = await refusal(mongo_settings(tmp_path, secure_mongo.proxy.address, password=PASSWORD))
    assert "ZHITUI_MONGO_URI" in str(error)
    sent = connections_sent(secure_mongo.proxy)
    assert sent
    assert not any(PASSWORD.encode() in one for one in sent)


async def test_a_password_that_is_changed_while_work_goes_on_is_waited_for_until_it_is_right_again(
    secure_mongo: SecuredMongo, papers: Papers, tmp_path: Path, secrets: SecretBox
) -> None:
    def administer(command: dict[str, object]) -> None:
        with secure_mongo.services.mongod.client() as client:
            client.admin.command(command)

    clock = SystemClock()
    settings = mongo_settings(
        tmp_path, secure_mongo.proxy.address, ca=papers.ca, user="worker", password=PASSWORD, timeout_seconds=5
    )
    administer({"createUser": "worker", "pwd": PASSWORD, "roles": ["readWriteAnyDatabase", "dbAdminAnyDatabase"]})
    async with open_mongo_store(settings, clock, secrets) as store:
        await store.profiles.put([PROFILE], saved_at=clock.now())
        administer({"updateUser": "worker", "pwd": "somebody changed it"})
        secure_mongo.proxy.cut()
        with pytest.raises(RetryLaterError, match="ZHITUI_MONGO_URI") as told:
            await store.profiles.get("p-1")
        assert PASSWORD not in repr(told.value)
        administer({"updateUser": "worker", "pwd": PASSWORD})
        assert await store.profiles.get("p-1") == PROFILE


async def test_a_server_that_turns_to_plain_text_gets_none_and_work_goes_on_when_it_is_itself_again(
    secure_mongo: SecuredMongo, papers: Papers, tmp_path: Path, secrets: SecretBox
) -> None:
    clock, proxy = SystemClock(), secure_mongo.proxy
    settings = mongo_settings(tmp_path, proxy.address, ca=papers.ca, password=PASSWORD, timeout_seconds=3)
    async with open_mongo_store(settings, clock, secrets) as store:
        await store.profiles.put([PROFILE], saved_at=clock.now())
        proxy.record()
        proxy.redirect(plain_port())
        try:
            with pytest.raises(RetryLaterError, match="ZHITUI_MONGO_URI"):
                await store.profiles.get("p-1")
            sent = connections_sent(proxy)
        finally:
            proxy.redirect(secure_mongo.services.mongod.port)
        assert sent
        assert all(is_tls(one) for one in sent)
        assert await store.profiles.get("p-1") == PROFILE
