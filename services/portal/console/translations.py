"""The languages of the console: templates are written in Chinese, English lies beside them in ``locale/en/*.po``."""

import gettext
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

CHINESE, ENGLISH = "zh", "en"
LANGUAGES = {CHINESE: "zh-CN", ENGLISH: "en"}
"""What the portal calls them → what the web does (BCP 47)."""

_LOCALE = "locale"


def catalogues() -> "Iterator[tuple[str, Catalog]]":
    """Give each English catalogue, one a room of the console, with its file's name."""
    folder = files("services.portal") / _LOCALE / ENGLISH
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            yield file.name, read_po(BytesIO(file.read_bytes()), locale=ENGLISH)


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Return what turns the templates' Chinese into a language; Chinese stays as it is."""
    if language != ENGLISH:
        return gettext.NullTranslations()
    whole = Catalog(locale=ENGLISH)
    for _, catalogue in catalogues():
        for message in catalogue:
            if message.id and message.string:
                whole.add(message.id, message.string)
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
