"""PyMongo's errors in Zhitui's terms; the codes are those of MongoDB's ``error_codes.yml``.

No sentence made here holds a library's text that could repeat the connection string: that has a password in it.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WTimeoutError,
)

from shared.errors import InvalidInputError, MisconfiguredError, RetryLaterError, StorageFullError, ZhituiError

if TYPE_CHECKING:
    from collections.abc import Mapping

P = ParamSpec("P")
T = TypeVar("T")

DUPLICATE_KEY = 11000
NAMESPACE_EXISTS = 48
_NO_ROOM = frozenset({14031, 28, 12719})
_REFUSED = frozenset({18, 11, 13, 31, 33, 8000, 334, 335, 337})
_TOO_LARGE = frozenset({10334, 17280, 17419, 17420})
_PASSING = frozenset(
    {6, 7, 24, 43, 46, 50, 64, 79, 89, 91, 112, 133, 134, 189, 225, 237, 246, 251, 262, 317, 365, 384, 391, 9001, 10058}
    | {10107, 11600, 11601, 11602, 13388, 13435, 13436, 100, 202}
)
_PASSING_LABELS = ("TransientTransactionError", "RetryableWriteError", "UnknownTransactionCommitResult")
_TLS = ("SSL", "certificate", "TLS")
_DETAILS = ", full error:"
_SHOWN_CHARACTERS = 300


def is_duplicate(error: PyMongoError) -> bool:
    """Whether the error says that a key is there already, and nothing worse."""
    if isinstance(error, BulkWriteError):
        details = error.details
        return not details["writeConcernErrors"] and all(e["code"] == DUPLICATE_KEY for e in details["writeErrors"])
    return isinstance(error, OperationFailure) and error.code == DUPLICATE_KEY


def translated(call: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let a method raise Zhitui's errors in place of PyMongo's.

    What was right when the store was opened and is refused now (a changed password, a certificate that ran out) is waited
    for: the operator mends it, and the work goes on where it stood.
    """

    @wraps(call)
    async def translating(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await call(*args, **kwargs)
        except (PyMongoError, BSONError) as error:
            meant = translate(error)
            if isinstance(meant, MisconfiguredError):
                meant = RetryLaterError(str(meant))
            cause = without_documents(error)
            if meant is error:
                raise cause from None
            raise meant from cause

    return translating


def without_documents(error: PyMongoError | BSONError) -> Exception:
    """Return an error for the log: the server's answers repeat what was written, and that tells of people."""
    if isinstance(error, OperationFailure):
        code, message = _worst(error)
        return OperationFailure(f"{type(error).__name__}: {message.partition(_DETAILS)[0][:_SHOWN_CHARACTERS]}", code)
    return type(error)("") if isinstance(error, BSONError) else error


def translate(error: PyMongoError | BSONError) -> Exception:
    """Return what the error means to a loop; an error that only a mistake of ours explains comes back as it is."""
    if isinstance(error, BSONError):
        return _too_large() if isinstance(error, DocumentTooLarge) else InvalidInputError("MongoDB 存不下这样的文字。")
    if isinstance(error, ConnectionFailure | ExecutionTimeout | WTimeoutError | WaitQueueTimeoutError):
        return _refused_by_tls(error) or _unreachable(error)
    if isinstance(error, ConfigurationError):
        return misconfigured("连接参数不能用")
    if isinstance(error, OperationFailure):
        code, message = _worst(error)
        return _of_code(error, code, message) or error
    return _unreachable(error) if error.timeout else error


def misconfigured(what: str, remedy: str = "请检查 ZHITUI_MONGO_URI") -> MisconfiguredError:
    """Return the error for a connection that no waiting mends."""
    return MisconfiguredError(f"MongoDB：{what}。{remedy}，改好后用 zhitui doctor 再查一遍。")


def _of_code(error: OperationFailure, code: int, message: str) -> ZhituiError | None:
    if code in _NO_ROOM or "No space left" in message:
        return StorageFullError(
            "MongoDB 的磁盘满了，暂时写不进去。请给数据库所在的磁盘腾出空间；恢复后会自动继续，不用重启，数据不会丢。"
        )
    if code in _REFUSED:
        return misconfigured(
            f"服务器拒绝了这个用户（错误码 {code}）",
            "请检查 ZHITUI_MONGO_URI 里的用户名、密码和 authSource，以及这个用户对数据库的 readWrite 和 dbAdmin 权限",
        )
    if code in _TOO_LARGE:
        return _too_large()
    if code in _PASSING or any(error.has_error_label(label) for label in _PASSING_LABELS):
        return _unreachable(error, f"错误码 {code}")
    return None


def _worst(error: OperationFailure) -> tuple[int, str]:
    """Return the code and text that decide: of a bulk write, the first that is no duplicate key."""
    if not isinstance(error, BulkWriteError):
        return error.code or 0, str(error)
    details: Mapping[str, Any] = error.details
    every = [*details["writeErrors"], *details["writeConcernErrors"]]
    worst = next((one for one in every if one["code"] != DUPLICATE_KEY), every[0])
    return worst["code"], worst.get("errmsg", "")


def _refused_by_tls(error: PyMongoError) -> ZhituiError | None:
    if not any(word in str(error) for word in _TLS):
        return None
    return misconfigured(
        "加密连接建立不起来（证书过期、不是可信的机构签发、和主机名不符，或者服务器没有开 TLS），不会改用明文",
        "请检查 ZHITUI_MONGO_URI 里的 tls、tlsCAFile、tlsCertificateKeyFile 和服务器的证书",
    )


def _too_large() -> InvalidInputError:
    return InvalidInputError("一条数据超过了 MongoDB 允许的大小（16 MiB）；请拆小后再试。")


def _unreachable(error: PyMongoError, why: str | None = None) -> RetryLaterError:
    why = why or type(error).__name__
    return RetryLaterError(
        f"MongoDB 现在没有应答，或者没有主节点（{why}）；会自动重试。请检查 ZHITUI_MONGO_URI 里的主机和副本集的状态。"
    )
