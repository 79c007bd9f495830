"""Changes of a profile that keep away what was judged irrelevant: tried on what was judged, and on the last four weeks."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.matcher.engine import ipc
from services.matcher.lookback.counting import count
from services.matcher.lookback.judging import Judge
from services.matcher.lookback.previewing import first_monday
from services.matcher.lookback.words import words_of
from shared.advice import Tightening
from shared.wording.advice import in_words
from shared.wording.said import Said, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.lookback.past import Past
    from services.matcher.rings import Rings
    from shared.wire.match import Match
    from shared.wire.profile import Profile, Rule
    from shared.wire.publication import Publication

MOST = 6
_WORDS = 8
_WEEKS = 4
_SUBCLASS = 4


class _Change(NamedTuple):
    said: Said
    profile: "Profile"


def tighten(
    past: "Past", profile: "Profile", rings: "Rings", irrelevant: "Sequence[str]", relevant: "Sequence[str]"
) -> tuple[Tightening, ...]:
    """Return the changes that help, those that lose nothing first, then those that keep most away."""
    judge = Judge(profile, rings)
    bad = _matched(judge, [one for number in irrelevant if (one := past.with_number(number)) is not None])
    good = _matched(judge, [one for number in relevant if (one := past.with_number(number)) is not None])
    if not bad:
        return ()
    since = first_monday(past, _WEEKS)
    before = count(past, profile, rings, since)
    tried: list[tuple[_Change, tuple[str, ...], tuple[str, ...]]] = []
    for change in _changes(profile, bad, good):
        changed = Judge(change.profile, rings)
        removes, loses = (_gone(changed, [one for one, _ in some]) for some in (bad, good))
        if removes and len(removes) * max(1, len(good)) > len(loses) * len(bad):
            tried.append((change, removes, loses))
    tried.sort(key=lambda one: (len(one[2]) / max(1, len(good)) - len(one[1]) / len(bad), len(one[2])))
    return tuple(
        Tightening(
            text=in_words(change.said),
            said=change.said,
            profile=msgspec.json.encode(change.profile),
            removes=removes,
            loses=loses,
            before=before,
            after=count(past, change.profile, rings, since),
        )
        for change, removes, loses in tried[:MOST]
    )


def _matched(judge: Judge, publications: "list[Publication]") -> "list[tuple[Publication, Match]]":
    pairs = zip(publications, judge.matches(publications), strict=True)
    return [(publication, match) for publication, match in pairs if match is not None]


def _gone(judge: Judge, publications: "list[Publication]") -> tuple[str, ...]:
    pairs = zip(publications, judge.matches(publications), strict=True)
    return tuple(one.publication_number for one, match in pairs if match is None)


def _changes(
    profile: "Profile", bad: "list[tuple[Publication, Match]]", good: "list[tuple[Publication, Match]]"
) -> "Iterator[_Change]":
    """Give every change that is worth trying."""
    rules = sorted({match.rule for _, match in bad})
    if set(profile.fields) != {"title"}:
        yield _Change(say("tighten", "title-only"), msgspec.structs.replace(profile, fields=("title",)))
    if good and (least := min(match.score for _, match in good)) > min(match.score for _, match in bad):
        yield _Change(say("tighten", "least-score", least=least), msgspec.structs.replace(profile, min_score=least))
    for number, rule in enumerate(profile.rules):
        if number not in rules:
            continue
        those = [one for one, match in bad if match.rule == number]
        kept = [one for one, match in good if match.rule == number]
        for said, changed in _changed_rules(rule, those, kept):
            together = (*profile.rules[:number], changed, *profile.rules[number + 1 :])
            placed = say("tighten", "in-rule", rule=number + 1, change=(said,)) if len(profile.rules) > 1 else said
            yield _Change(placed, msgspec.structs.replace(profile, rules=together))
        if len(profile.rules) > 1:
            left = (*profile.rules[:number], *profile.rules[number + 1 :])
            yield _Change(say("tighten", "without-rule", rule=number + 1), msgspec.structs.replace(profile, rules=left))


def _changed_rules(rule: "Rule", bad: "list[Publication]", good: "list[Publication]") -> "Iterator[tuple[Said, Rule]]":
    unwanted, wanted = _words(bad), _words(good)
    for word in _most(unwanted, wanted):
        yield say("tighten", "exclude-word", word=word), msgspec.structs.replace(rule, none=(*rule.none, word))
    if good:
        for word in _most(wanted, unwanted):
            if wanted[word] == len(good):
                yield (
                    say("tighten", "want-word", word=word),
                    msgspec.structs.replace(rule, groups=(*rule.groups, (word,))),
                )
    places, others = _subclasses(good), _subclasses(bad)
    if places and not rule.ipc:
        patterns = tuple(f"{place}*" for place in sorted(places))
        yield say("tighten", "only-ipc", patterns=patterns), msgspec.structs.replace(rule, ipc=patterns)
    for place in _most(others, places):
        yield (
            say("tighten", "exclude-ipc", pattern=f"{place}*"),
            msgspec.structs.replace(rule, not_ipc=(*rule.not_ipc, f"{place}*")),
        )


def _most(here: "Counter[str]", there: "Counter[str]") -> list[str]:
    """Return what is most frequent here, of what is not there."""
    return [text for text, _ in here.most_common() if text not in there][:_WORDS]


def _words(publications: "Sequence[Publication]") -> "Counter[str]":
    """Return in how many publications each word stands, longer ones first among equals."""
    held = Counter(word for one in publications for word in words_of(one))
    return Counter(dict(sorted(held.items(), key=lambda one: (-one[1], -len(one[0]), one[0]))))


def _subclasses(publications: "Sequence[Publication]") -> "Counter[str]":
    plain = ({ipc.canonical(symbol) for symbol in one.ipc} for one in publications)
    return Counter(place for symbols in plain for place in {symbol[:_SUBCLASS] for symbol in symbols if symbol})
