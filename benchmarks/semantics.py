"""What a term's presence means to each side, spelt out for one profile and one publication, to explain different matches."""

from collections.abc import Callable, Iterable

from services.matcher.engine.segment import tokens
from services.matcher.engine.text import normalise, normalise_term
from shared.wire.profile import Profile, Rule, Term
from shared.wire.publication import Publication

OURS_ALONE = (
    "the term's ends are token boundaries, but it is cut otherwise in the text than alone",
    "the term's ends are token boundaries of another, nearly as likely path",
    "the place is named by the IPC symbol of another edition",
)
PEERS_ALONE = (
    "the term stands only across blanks of the text",
    "an excluded term, which the text cuts otherwise than alone, is there",
    "an excluded term is there on another, nearly as likely path",
)
UNEXPLAINED = "unexplained"


class CutPublication:
    """A publication's title and abstract, cut into tokens.

    Attributes:
        places: the subclasses and main groups of its IPC symbols.
    """

    def __init__(self, publication: Publication) -> None:
        texts = [normalise(text) for text in (publication.title, publication.abstract or "")]
        self.places = {place for symbol in publication.ipc for place in (symbol[:4], symbol.partition("/")[0])}
        self._texts = [(text, tokens(text)) for text in texts]
        self._dense = ["\n" + "\n".join(_words(text, spans)) + "\n" for text, spans in self._texts]

    def has_phrase(self, term: str) -> bool:
        """Say whether the tokens of the term, cut alone, follow each other, blanks left out (a phrase query)."""
        plain = normalise_term(term)
        phrase = "\n" + "\n".join(_words(plain, tokens(plain))) + "\n"
        return any(phrase in dense for dense in self._dense)

    def has_aligned(self, term: str) -> bool:
        """Say whether the term stands in a text with token boundaries at both ends."""
        plain = normalise_term(term)
        return any(_aligned(text, spans, plain) for text, spans in self._texts)


def why_ours_alone(profile: Profile, publication: CutPublication) -> str:
    """Say why a match is ours and not the peer's."""
    (rule,) = profile.rules
    if _keywords_hold(rule, publication.has_phrase):
        named = {pattern.rstrip("*") for pattern in rule.ipc}
        return OURS_ALONE[2] if named and not named & publication.places else UNEXPLAINED
    return OURS_ALONE[0] if _groups_hold(rule, publication.has_aligned) else OURS_ALONE[1]


def why_the_peers_alone(profile: Profile, publication: CutPublication) -> str:
    """Say why a match is the peer's and not ours."""
    (rule,) = profile.rules
    if not _keywords_hold(rule, publication.has_phrase):
        return UNEXPLAINED
    if not _groups_hold(rule, publication.has_aligned):
        return PEERS_ALONE[0]
    if _any_of(rule.none, publication.has_aligned):
        return PEERS_ALONE[1]
    return PEERS_ALONE[2] if rule.none else UNEXPLAINED


def _keywords_hold(rule: Rule, has: Callable[[str], bool]) -> bool:
    return _groups_hold(rule, has) and not _any_of(rule.none, has)


def _groups_hold(rule: Rule, has: Callable[[str], bool]) -> bool:
    return all(_any_of(group, has) for group in rule.groups)


def _any_of(terms: Iterable[str | Term], has: Callable[[str], bool]) -> bool:
    return any(has(term if isinstance(term, str) else term.text) for term in terms)


def _words(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [word for word in (text[start:end] for start, end in spans) if word.strip()]


def _aligned(text: str, spans: list[tuple[int, int]], term: str) -> bool:
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    at = text.find(term)
    while at >= 0:
        if at in starts and at + len(term) in ends:
            return True
        at = text.find(term, at + 1)
    return False
