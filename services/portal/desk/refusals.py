"""Why the portal does not do what it is asked; told in Chinese and in English.

::

    RefusalError
    ├── NotSignedInError     401  nobody is signed in, or no longer
    ├── ForbiddenError       403  this person, or this token, may not
    ├── MissingError         404  there is none, or it is another organisation's: which of both is not told
    ├── InvalidError         422  what is wrong, field by field
    ├── ConflictError        409  it exists already, or does not fit to what there is
    ├── StaleError           412  somebody else changed it meanwhile
    └── TooManyError         429  come again after so many seconds
"""

from dataclasses import dataclass
from typing import ClassVar

from shared.errors import ZhituiError


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people, in both languages of the portal."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return it in ``en`` or, for everything else, in Chinese."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field: a JSON pointer into what was given (``/rules/0/groups``), and why."""

    pointer: str
    text: Text


class RefusalError(ZhituiError):
    """Root of all refusals.

    Attributes:
        status: HTTP's.
        code: for programs, in words with dashes; the last part of the problem's ``type``.
        text: what is wrong, and what to do about it.
    """

    status: ClassVar[int]

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.zh)
        self.code = code
        self.text = text


class NotSignedInError(RefusalError):
    """Nobody is signed in."""

    status = 401

    def __init__(
        self,
        code: str = "not-signed-in",
        text: Text = Text("请先登录。", "Sign in first."),
    ) -> None:
        super().__init__(code, text)


class ForbiddenError(RefusalError):
    """Signed in, but not allowed."""

    status = 403

    def __init__(
        self,
        code: str = "forbidden",
        text: Text = Text(
            "您的角色不能做这件事，请找本单位的管理员。", "Your role may not do this; ask your organisation's owner."
        ),
    ) -> None:
        super().__init__(code, text)


class MissingError(RefusalError):
    """There is no such thing, as far as this organisation is concerned."""

    status = 404

    def __init__(
        self,
        code: str = "not-found",
        text: Text = Text("找不到，可能已删除。", "Not found; it may have been removed."),
    ) -> None:
        super().__init__(code, text)


class InvalidError(RefusalError):
    """What was given cannot be taken.

    Attributes:
        faults: field by field.
    """

    status = 422

    def __init__(
        self,
        *faults: Fault,
        code: str = "invalid",
        text: Text = Text(
            "填写的内容有误，请改正后再提交。", "What was given is not right; correct it and send it again."
        ),
    ) -> None:
        super().__init__(code, text)
        self.faults = faults
        if faults:
            self.args = ("".join(fault.text.zh for fault in faults),)


class ConflictError(RefusalError):
    """It does not fit to what there is.

    Attributes:
        after_seconds: when it may fit, ``None``: nobody knows.
    """

    status = 409

    def __init__(self, code: str, text: Text, *, after_seconds: float | None = None) -> None:
        super().__init__(code, text)
        self.after_seconds = after_seconds


class StaleError(RefusalError):
    """Somebody else changed it meanwhile."""

    status = 412

    def __init__(
        self,
        code: str = "changed-meanwhile",
        text: Text = Text(
            "别人刚刚修改过，请刷新后再改。", "Somebody else changed it meanwhile; reload and edit again."
        ),
    ) -> None:
        super().__init__(code, text)


class TooManyError(RefusalError):
    """Too fast.

    Attributes:
        after_seconds: when to come again.
    """

    status = 429

    def __init__(self, after_seconds: float, *, code: str = "too-many-requests", text: Text | None = None) -> None:
        wait = max(1, round(after_seconds))
        super().__init__(
            code, text or Text(f"请求太频繁，请 {wait} 秒后再试。", f"Too many requests; come again in {wait} s.")
        )
        self.after_seconds = after_seconds
