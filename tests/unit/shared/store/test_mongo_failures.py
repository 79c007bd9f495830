"""PyMongo's errors in Zhitui's terms: the class says what a loop must do, and no sentence gives a password away."""

import traceback

import pytest
from bson.errors import BSONError, InvalidDocument
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    DocumentTooLarge,
    DuplicateKeyError,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteError,
    WTimeoutError,
)

from shared.errors import InvalidInputError, MisconfiguredError, RetryLaterError, StorageFullError
from shared.store.mongo.failures import is_duplicate, translate, translated


def bulk(*codes: int, concern: int | None = None) -> BulkWriteError:
    return BulkWriteError(
        {
            "writeErrors": [{"index": n, "code": code, "errmsg": ""} for n, code in enumerate(codes)],
            "writeConcernErrors": [] if concern is None else [{"code": concern, "errmsg": ""}],
        }
    )


def labelled(label: str) -> OperationFailure:
    error = OperationFailure("later", 1)
    error._add_error_label(label)
    return error


MEANINGS: list[tuple[PyMongoError | BSONError, type[Exception]]] = [
    (AutoReconnect("connection closed"), RetryLaterError),
    (NetworkTimeout("timed out"), RetryLaterError),
    (NotPrimaryError("not primary"), RetryLaterError),
    (ServerSelectionTimeoutError("no servers"), RetryLaterError),
    (WaitQueueTimeoutError("busy"), RetryLaterError),
    (WTimeoutError("waiting for replication", 64), RetryLaterError),
    (OperationFailure("interrupted at shutdown", 11600), RetryLaterError),
    (OperationFailure("write conflict", 112), RetryLaterError),
    (labelled("TransientTransactionError"), RetryLaterError),
    (labelled("RetryableWriteError"), RetryLaterError),
    (bulk(11000, 11600), RetryLaterError),
    (bulk(11000, concern=64), RetryLaterError),
    (OperationFailure("not enough disk", 14031), StorageFullError),
    (OperationFailure("write failed: No space left on device", 8), StorageFullError),
    (bulk(14031), StorageFullError),
    (OperationFailure("authentication failed", 18), MisconfiguredError),
    (OperationFailure("not authorized", 13), MisconfiguredError),
    (ConfigurationError("unknown option"), MisconfiguredError),
    (ServerSelectionTimeoutError("SSL handshake failed: certificate has expired"), MisconfiguredError),
    (DocumentTooLarge("17 MB"), InvalidInputError),
    (OperationFailure("object too large", 10334), InvalidInputError),
    (InvalidDocument("surrogates"), InvalidInputError),
]


@pytest.mark.parametrize(("error", "meaning"), MEANINGS, ids=lambda value: getattr(value, "__name__", repr(value)))
def test_an_error_tells_the_loop_what_to_do(error: PyMongoError | BSONError, meaning: type[Exception]) -> None:
    assert type(translate(error)) is meaning


@pytest.mark.parametrize("error", [WriteError("document failed validation", 121), OperationFailure("syntax", 9)])
def test_a_mistake_of_ours_stays_what_it_is(error: PyMongoError) -> None:
    assert translate(error) is error


async def test_what_was_right_when_the_store_was_opened_is_waited_for() -> None:
    @translated
    async def ask() -> None:
        raise OperationFailure("authentication failed", 18)

    with pytest.raises(RetryLaterError, match="ZHITUI_MONGO_URI") as told:
        await ask()
    assert type(told.value) is RetryLaterError


@pytest.mark.parametrize(
    "error",
    [
        WriteError("document failed validation, full error: {'address': 'wang@example.cn'}", 121),
        BulkWriteError(
            {
                "writeErrors": [{"index": 0, "code": 121, "errmsg": "failed", "op": {"address": "wang@example.cn"}}],
                "writeConcernErrors": [],
            }
        ),
        OperationFailure("interrupted, full error: {'address': 'wang@example.cn'}", 11600),
        InvalidDocument("cannot encode wang@example.cn"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_no_error_repeats_what_was_written(error: PyMongoError | BSONError) -> None:
    @translated
    async def ask() -> None:
        raise error

    with pytest.raises(Exception) as told:  # noqa: PT011 - whichever
        await ask()
    assert "wang" in str(error)
    assert "wang" not in "".join(traceback.format_exception(told.value))


def test_a_duplicate_is_nothing_worse() -> None:
    assert is_duplicate(DuplicateKeyError("", 11000))
    assert is_duplicate(bulk(11000, 11000))
    assert not is_duplicate(bulk(11000, 121))
    assert not is_duplicate(bulk(11000, concern=64))
    assert not is_duplicate(AutoReconnect(""))
