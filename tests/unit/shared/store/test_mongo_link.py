"""Connection strings that cannot be used are told by the setting's name, never by their content."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.errors import MisconfiguredError
from shared.settings import load_settings
from shared.store.mongo.link import open_link

SECRET = "geheim-wort"

UNUSABLE = [
    None,
    "",
    f"http://u:{SECRET}@host",
    f"mongodb://u:{SECRET}@he@im@host",
    f"mongodb://u:{SECRET}@host:notaport/",
    f"mongodb://u:{SECRET}@host/?tls=treu",
    f"mongodb://u:{SECRET}@host/?authMechanism=NONE",
    f"mongodb://u:{SECRET}@host/?tls=true&tlsCAFile=/nowhere/{SECRET}.pem",
]


@pytest.mark.parametrize("uri", UNUSABLE)
async def test_an_unusable_connection_string_names_the_setting_and_shows_nothing_of_itself(
    uri: str | None, tmp_path: Path
) -> None:
    settings = load_settings(data_dir=tmp_path, store="mongo", mongo_uri=None if uri is None else SecretStr(uri))
    with pytest.raises(MisconfiguredError, match="ZHITUI_MONGO_URI") as told:
        async with open_link(settings):
            pass
    assert SECRET not in f"{told.value!r}{told.value.__cause__!r}{settings!r}"
    assert told.value.__suppress_context__ or told.value.__context__ is None
