"""What the API says when it does not do what it is asked (RFC 9457)."""

import msgspec


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one part of what was sent; ``pointer`` is a JSON pointer into it."""

    pointer: str
    detail: str


class ProblemError(Exception):
    """The API refused.

    Attributes:
        status: HTTP's.
        code: for programs, such as ``changed-meanwhile``.
        detail: for people, in the client's language.
        faults: field by field.
        after_seconds: when it may be tried again, ``None``: that is no use.
    """

    def __init__(
        self, status: int, code: str, detail: str, faults: "tuple[Fault, ...]" = (), after_seconds: float | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = faults
        self.after_seconds = after_seconds


class _Told(msgspec.Struct, kw_only=True):
    code: str = "unknown"
    detail: str = ""
    faults: tuple[Fault, ...] = ()


def problem_in(status: int, retry_after: str | None, body: bytes) -> ProblemError:
    """Return the problem of an answer; one that something in between gave is told as it is."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except msgspec.DecodeError:
        told = _Told(detail=body[:200].decode("utf-8", "replace"))
    after = float(retry_after) if retry_after and retry_after.isdigit() else None
    return ProblemError(status, told.code, told.detail, told.faults, after)
