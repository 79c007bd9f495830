"""An enterprise in the stand-in of WeCom: its people, its app, and what may be done once only.

Source: https://developer.work.weixin.qq.com/document/path/91023 (OAuth), path/94888 (cards), path/90227 (apps),
path/90200 and 95350 (directory).
"""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.testing.tokens import TokenDesk
from shared.testing.vendor import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.clock import Clock

CARD_SECONDS = 72 * 3600.0
OAUTH_SECONDS = 300.0

HINT = "hint: [1708397705432012366598976], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the directory."""

    user_id: str
    name: str
    departments: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUpdate:
    """A card that was changed: for whom, and what stands on its button now."""

    user_ids: tuple[str, ...]
    task_id: str
    button: str


@dataclass(slots=True)
class _Once:
    """A code that is good once, for a while."""

    what: str
    until: float
    used: bool = False


@dataclass(slots=True)
class Enterprise:
    """One enterprise with one app.

    Attributes:
        people: whom the app may see, by user id in small letters.
        is_open: whether the app is enabled.
        domain: its trusted domain, ``""``: none.
        menu: as it was created last.
        updates: cards that were changed.
    """

    clock: "Clock"
    corp_id: str
    agent_id: int
    secret: str
    people: dict[str, Person] = field(default_factory=dict)
    is_open: bool = True
    domain: str = ""
    menu: dict[str, Any] | None = None
    updates: list[CardUpdate] = field(default_factory=list)
    tokens: TokenDesk = field(init=False)
    _oauth: dict[str, _Once] = field(default_factory=dict)
    _cards: dict[str, _Once] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = TokenDesk(
            self.clock,
            account=self.corp_id,
            secret=self.secret,
            wrong_account=Refusal(code=40013, text=f"invalid corpid, {HINT}"),
            wrong_secret=Refusal(code=40001, text=f"invalid credential, {HINT}"),
        )

    def hire(self, *people: Person) -> None:
        """Let the app see them."""
        self.people |= {person.user_id.casefold(): person for person in people}

    def known(self, user_ids: "Iterable[str]") -> list[str]:
        """Return those whom the app may see."""
        return [user_id for user_id in user_ids if user_id.casefold() in self.people]

    def allow_in(self, user_id: str) -> str:
        """Return the code with which WeCom sends a member's browser back."""
        return self._once(self._oauth, user_id, OAUTH_SECONDS)

    def who_came(self, code: str) -> str | Refusal:
        """Take a code."""
        return self._take(self._oauth, code, Refusal(code=40029, text=f"invalid code, {HINT}"))

    def card_code(self, task_id: str) -> str:
        """Return the code with which a card may be changed."""
        return self._once(self._cards, task_id, CARD_SECONDS)

    def update(self, body: dict[str, Any]) -> Refusal | None:
        """Change a card."""
        if body.get("agentid") != self.agent_id:
            return Refusal(code=301002, text=f"not allow operate another agent with this accesstoken, {HINT}")
        users = body.get("userids")
        if not isinstance(users, list) or not self.known(users):
            return Refusal(code=40031, text=f"invalid userid list, {HINT}")
        name = body.get("button", {}).get("replace_name")
        if not name:
            return Refusal(code=40058, text=f"button.replace_name missing, {HINT}")
        wrong = Refusal(code=40058, text=f"invalid response_code, {HINT}")
        task_id = self._take(self._cards, body.get("response_code", ""), wrong)
        if isinstance(task_id, Refusal):
            return task_id
        self.updates.append(CardUpdate(user_ids=tuple(users), task_id=task_id, button=name))
        return None

    def department(self, number: int) -> "list[Person] | Refusal":
        """Return who is directly in a department."""
        if number not in self.departments:
            return Refusal(code=60011, text=f"no privilege to access/modify contact/party/agent, {HINT}")
        return [person for person in self.people.values() if number in person.departments]

    @property
    def departments(self) -> list[int]:
        """Those that the app may see."""
        return sorted({number for person in self.people.values() for number in person.departments})

    def _once(self, codes: dict[str, _Once], what: str, seconds: float) -> str:
        code = secrets.token_urlsafe(24)
        codes[code] = _Once(what, self.clock.now().timestamp() + seconds)
        return code

    def _take(self, codes: dict[str, _Once], code: str, wrong: Refusal) -> str | Refusal:
        found = codes.get(code)
        if found is None or found.used or found.until <= self.clock.now().timestamp():
            return wrong
        found.used = True
        return found.what
