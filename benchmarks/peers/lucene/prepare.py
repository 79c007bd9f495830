"""JSON Lines → what the runner reads: terms and texts cut into tokens beforehand, so that Lucene need not know Chinese.

Columns are parted by tabs, tokens by blanks, terms by U+001E, groups by U+001D; `Prepared.java` reads it.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from services.matcher.engine.segment import tokens
from services.matcher.engine.text import normalise, normalise_term
from shared.wire.profile import Profile, Term
from shared.wire.publication import Publication

GROUPS = "\x1d"
TERMS = "\x1e"


def cut(text: str) -> str:
    """Return the tokens of a text that is normalised, parted by blanks; blanks of the text are no tokens."""
    return " ".join(token for token in (text[start:end] for start, end in tokens(text)) if token.strip())


def profiles(source: Path, target: Path) -> None:
    """Write the profiles of a JSON Lines file for the runner.

    Raises:
        ValueError: a profile has more than one rule, or conditions that the runner does not know.
    """
    decoder = msgspec.json.Decoder(Profile)
    known: dict[str, str] = {}

    def terms(some: Iterable[str | Term]) -> str:
        pieces = []
        for term in some:
            text = term if isinstance(term, str) else term.text
            if text not in known:
                known[text] = cut(normalise_term(text))
            pieces.append(known[text])
        return TERMS.join(pieces)

    with source.open("rb") as lines, target.open("w", encoding="utf-8") as out:
        for line in lines:
            profile = decoder.decode(line)
            (rule,) = profile.rules
            if rule.applicants or rule.regions or rule.kinds or rule.not_ipc or rule.not_applicants or not rule.groups:
                raise ValueError(f"profile {profile.id} has conditions that the runner does not know")
            groups = GROUPS.join(terms(group) for group in rule.groups)
            labels = " ".join(label(pattern) for pattern in rule.ipc)
            out.write(f"{profile.id}\t{groups}\t{terms(rule.none)}\t{labels}\n")


def label(pattern: str) -> str:
    """Return the label that stands for a whole subclass or main group.

    Raises:
        ValueError: the pattern is another one.
    """
    if not pattern.endswith("*") or "/" in pattern or len(pattern) < len("H01M*"):
        raise ValueError(f"{pattern} is neither a subclass nor a main group")
    return pattern[:-1]


def publications(source: Path, target: Path) -> None:
    """Write title, abstract, and the subclasses and main groups of a JSON Lines file's publications for the runner."""
    decoder = msgspec.json.Decoder(Publication)
    with source.open("rb") as lines, target.open("w", encoding="utf-8") as out:
        for line in lines:
            found = decoder.decode(line)
            labels = sorted({label for symbol in found.ipc for label in (symbol[:4], symbol.partition("/")[0])})
            out.write(f"{cut(normalise(found.title))}\t{cut(normalise(found.abstract or ''))}\t{' '.join(labels)}\n")
