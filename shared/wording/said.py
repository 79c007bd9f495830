"""A sentence without its language: which one, and what stands in it. Who shows it words it for the reader.

Templates are `str.format`'s, in two languages, with these additions:

* a list is written with its format as what stands between its parts: ``{words:、}``; parts may be sentences themselves,
* ``!f`` names a field of a publication, ``!w`` a list of a rule, ``!p`` a place by its code: each alone, or in a list,
* ``!q`` puts quotation marks around each of a list, and counts those beyond the first `MOST_QUOTED`,
* ``!l`` lists values, and says so when there are none,
* ``{count:|publication|publications}`` is a number with its noun; ``{a_week:~}`` one with two significant digits,
  ``{score:100}`` a share in whole hundredths, never more than it is.
"""

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_QUOTED = 6
_LEAST = 1e-9
"""What binary fractions may lack: 0.29 is 29 hundredths."""

Value = str | int | float | tuple["str | Said", ...]


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sentence.

    Attributes:
        code: names it for ever (docs/sentences.md lists all); the part before a full stop is what it is about.
        values: what stands in it: texts, numbers (shares are from 0 to 1), lists of texts or of further sentences.
    """

    code: str
    values: dict[str, Value] = {}


def say(code: str, variant: str = "", /, **values: Value) -> Said:
    """Return a sentence; a variant says the same of another case."""
    return Said(code=f"{code}.{variant}" if variant else f"{code}", values=values)


class Template(NamedTuple):
    """A sentence in both languages.

    Attributes:
        page: in Chinese, where ``zh`` says names of the contract (``none``, ``min_score``) that no page shows.
    """

    zh: str
    en: str
    page: str = ""


class Tongue(NamedTuple):
    """What a language needs beside its templates.

    Attributes:
        names: by conversion (``f`` …): names a value.
        between: two of a list.
        quoted: around a text.
        more: behind a list that was cut, with its whole length.
        nothing: an empty list.
    """

    names: "Mapping[str, Callable[[str], str]]"
    between: str
    quoted: str
    more: str
    nothing: str


class Wording(Formatter):
    """Words sentences in one language.

    Args:
        templates: code → text.
        tongue: of the same language.
    """

    def __init__(self, templates: Mapping[str, str], tongue: Tongue) -> None:
        self._templates = templates
        self._tongue = tongue

    def text(self, said: Said) -> str:
        """Return a sentence in words.

        Raises:
            KeyError: there is no such sentence, or a value of it is missing.
        """
        return self.vformat(self._templates[said.code], (), said.values)

    def convert_field(self, value: Any, conversion: str | None) -> Any:  # noqa: ANN401 - as the base class has it
        """See the module's text."""
        tongue = self._tongue
        if conversion == "q":
            shown = tongue.between.join(tongue.quoted.format(text) for text in value[:MOST_QUOTED])
            return shown if len(value) <= MOST_QUOTED else shown + tongue.more.format(len(value))
        if conversion == "l":
            return tongue.between.join(value) or tongue.nothing
        if (name := tongue.names.get(conversion or "")) is not None:
            return name(value) if isinstance(value, str) else tuple(map(name, value))
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as the base class has it
        """See the module's text."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return format_spec.join(part if isinstance(part, str) else self.text(part) for part in value)
        if format_spec == "~":
            return rounded(value)
        if format_spec == "100":
            return str(int(value * 100 + _LEAST))
        if format_spec.startswith("|"):
            _, one, many = format_spec.split("|")
            return f"{value:,} {one if value == 1 else many}"
        return str(super().format_field(value, format_spec))


def rounded(number: float) -> str:
    """Return a number with two significant digits: the size of an estimate."""
    return f"{float(f'{number:.2g}'):,.10g}"
