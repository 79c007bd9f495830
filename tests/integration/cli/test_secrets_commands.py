"""The key under which secrets lie is changed while everything runs, and the change may be broken off."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from services.cli import secrets
from services.cli.session import in_session
from shared.errors import InvalidInputError, RetryLaterError
from shared.filing.accounts import ACCOUNTS, Account
from shared.runtime.role import Surroundings
from shared.secret_box import KEY_FILE, add_key, open_secret_box
from shared.store.sealing import Seal
from tests.contract.made import NOW
from tests.integration.cli.commands import zhitui
from tests.unit.notifier.making import KEY, mailbox, robot

pytestmark = pytest.mark.usefixtures("own_folder")


OWNER = Account(id="a-1", organisation_id="o-1", email="li@example.com", role="owner", created_at=NOW)


def keys() -> list[str]:
    return zhitui("secrets", "list").stdout.split()


async def put(around: Surroundings) -> None:
    await around.store.destinations.put(mailbox())
    await around.store.destinations.put(robot())
    await around.store.shelf(ACCOUNTS).add([OWNER])


async def addresses(around: Surroundings) -> list[str]:
    return [one.address for one in await around.store.destinations.all()]


async def old(around: Surroundings) -> int:
    """Return how many destinations and accounts lie under an older key, sealing them anew."""
    destinations, _ = await around.store.destinations.reseal()
    accounts, _ = await around.store.shelf(ACCOUNTS).reseal()
    return destinations + accounts


def test_a_new_key_seals_everything_and_the_old_one_stays_for_backups() -> None:
    in_session(put)
    (first,) = keys()
    result = zhitui("secrets", "rotate")
    assert (result.exit_code, "3 条" in result.stderr) == (0, True)
    assert keys()[1:] == [first]
    assert in_session(old) == 0
    assert in_session(addresses) == ["wang@example.com", KEY]
    assert Path("data", KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_a_process_that_runs_meanwhile_reads_what_was_sealed_with_the_new_key() -> None:
    in_session(put)

    async def work(around: Surroundings) -> list[str]:
        assert await addresses(around) == ["wang@example.com", KEY]
        await other(around)
        return await addresses(around)

    async def other(around: Surroundings) -> None:
        add_key(around.settings)
        newer = Seal(open_secret_box(around.settings))
        assert around.secrets.open(newer.put_on(robot()).address.encode()) == KEY

    assert in_session(work) == ["wang@example.com", KEY]


def test_a_change_that_was_broken_off_goes_on_without_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    in_session(put)

    async def torn(_around: Surroundings) -> int:
        raise RetryLaterError("torn")

    with monkeypatch.context() as patch:
        patch.setattr(secrets, "_reseal", torn)
        assert zhitui("secrets", "rotate").exit_code == 1
    assert len(keys()) == 2
    assert zhitui("secrets", "rotate").exit_code == 0
    assert len(keys()) == 2
    assert in_session(old) == 0


def test_a_key_from_the_settings_is_changed_there_and_the_sentence_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    old_key, new_key = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("ZHITUI_SECRET_KEY", old_key)
    in_session(put)
    refused = zhitui("secrets", "rotate").exception
    assert isinstance(refused, InvalidInputError)
    assert "旧密钥,新密钥,旧密钥" in str(refused)
    monkeypatch.setenv("ZHITUI_SECRET_KEY", f"{old_key},{new_key},{old_key}")
    assert in_session(addresses) == ["wang@example.com", KEY]
    monkeypatch.setenv("ZHITUI_SECRET_KEY", f"{new_key},{old_key}")
    assert zhitui("secrets", "rotate").exit_code == 0
    monkeypatch.setenv("ZHITUI_SECRET_KEY", new_key)
    assert in_session(addresses) == ["wang@example.com", KEY]
