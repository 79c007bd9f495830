"""Reads PromQL, as much of it as rules and dashboards use, and tells which metrics and labels a query speaks of.

The grammar is Prometheus's own (https://prometheus.io/docs/prometheus/latest/querying/basics/); what is not known here is an
error, so that a query cannot be believed without having been understood.
"""

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<string>"(?:\\.|[^"\\])*")
    | (?P<duration>(?:\d+(?:ms|[smhdwy]))+(?!\w)|\$__rate_interval)
    | (?P<number>\d+(?:\.\d+)?(?![\w.]))
    | (?P<name>[A-Za-z_:][\w:]*)
    | (?P<mark>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}\[\],:])
    )""",
    re.VERBOSE,
)
_AGGREGATIONS = frozenset({"sum", "min", "max", "avg", "count"})
_FUNCTIONS = {
    "absent": 1,
    "changes": 1,
    "delta": 1,
    "deriv": 1,
    "histogram_quantile": 2,
    "increase": 1,
    "label_replace": 5,
    "max_over_time": 1,
    "rate": 1,
    "time": 0,
    "vector": 1,
}
_OF_RANGES = frozenset({"changes", "delta", "deriv", "increase", "max_over_time", "rate"})
_OPERATORS = frozenset(["+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"])


class UnreadableQueryError(Exception):
    """This is no PromQL, or more of it than is understood here."""


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric and the labels that are asked of it."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    is_range: bool


@dataclass(slots=True)
class Query:
    """What a query speaks of.

    Attributes:
        groupings: labels that are grouped by, with the metrics beneath that must have them.
    """

    selectors: list[Selector] = field(default_factory=list)
    groupings: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)


def read(text: str) -> Query:
    """Read a query to its end."""
    reader = _Reader(text)
    reader.expression()
    reader.end()
    return reader.query


class _Reader:
    def __init__(self, text: str) -> None:
        self.query = Query()
        self._text = text
        self._at = 0
        self._kind, self._token = "", ""
        self._next()

    def expression(self) -> None:
        self._operand()
        while self._token in _OPERATORS:
            self._next()
            if self._token in {"on", "ignoring"}:
                self._next()
                self._labels()
            self._operand()

    def end(self) -> None:
        if self._kind:
            self._fail("something is left over")

    def _operand(self) -> None:
        if self._kind in {"number", "string"}:
            self._next()
        elif self._token == "(":
            self._next()
            self.expression()
            self._expect(")")
        elif self._token in _AGGREGATIONS:
            self._aggregation()
        elif self._token in _FUNCTIONS:
            self._call()
        elif self._kind == "name":
            self._selector()
        else:
            self._fail("an operand is missing")

    def _aggregation(self) -> None:
        self._next()
        first = len(self.query.selectors)
        labels = self._grouping()
        self._expect("(")
        self.expression()
        self._expect(")")
        labels = labels or self._grouping()
        self.query.groupings.append((labels, tuple(s.metric for s in self.query.selectors[first:])))

    def _grouping(self) -> tuple[str, ...]:
        if self._token != "by":
            return ()
        self._next()
        return self._labels()

    def _call(self) -> None:
        name, first = self._token, len(self.query.selectors)
        self._next()
        self._expect("(")
        given = 0
        while self._token != ")":
            if given:
                self._expect(",")
            self.expression()
            given += 1
        self._expect(")")
        if given != _FUNCTIONS[name]:
            self._fail(f"{name} takes {_FUNCTIONS[name]} arguments")
        if name in _OF_RANGES and not all(s.is_range for s in self.query.selectors[first:]):
            self._fail(f"{name} takes a range")

    def _selector(self) -> None:
        metric, matchers = self._token, []
        self._next()
        if self._token == "{":
            self._next()
            while self._token != "}":
                label = self._take("name")
                how = self._token
                if how not in {"=", "!=", "=~", "!~"}:
                    self._fail("a matcher has no operator")
                self._next()
                matchers.append((label, how, self._take("string")[1:-1]))
                if self._token != "}":
                    self._expect(",")
            self._next()
        is_range = self._token == "["
        if is_range:
            self._next()
            self._take("duration")
            self._expect("]")
        if self._token == "offset":
            self._next()
            self._take("duration")
        self.query.selectors.append(Selector(metric, tuple(matchers), is_range))

    def _labels(self) -> tuple[str, ...]:
        self._expect("(")
        labels = [self._take("name")]
        while self._token == ",":
            self._next()
            labels.append(self._take("name"))
        self._expect(")")
        return tuple(labels)

    def _take(self, kind: str) -> str:
        if self._kind != kind:
            self._fail(f"a {kind} is missing")
        token = self._token
        self._next()
        return token

    def _expect(self, mark: str) -> None:
        if self._token != mark:
            self._fail(f"{mark} is missing")
        self._next()

    def _next(self) -> None:
        if not self._text[self._at :].strip():
            self._kind = self._token = ""
            return
        found = _TOKEN.match(self._text, self._at)
        if found is None or found.lastgroup is None:
            self._fail("what is this")
        else:
            self._at, self._kind, self._token = found.end(), found.lastgroup, found[found.lastgroup]

    def _fail(self, why: str) -> None:
        raise UnreadableQueryError(f"{why}: {self._text[: self._at]} ☞ {self._text[self._at :]}")
