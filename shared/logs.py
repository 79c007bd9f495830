"""Logs: events are constant names with keys and values; secrets never get in."""

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from pydantic import SecretBytes, SecretStr

if TYPE_CHECKING:
    from shared.settings import Settings

HIDDEN = "***"

# What must not stand in a log even inside a text: credentials in a query string or in an address's user part, and
# bearer tokens. WeCom, DingTalk and Feishu put their keys into the address itself; so do our own feeds and ways to unsubscribe.
_SECRET_IN_TEXT = re.compile(
    r"(?P<parameter>[?&](?:key|access_token|token|sign|corpsecret|secret)=|/hook/|Bearer\s+|wh(?:sec|sk)_"
    r"|/feeds/(?=[\w-]{33})|/u/(?=[\w-]{22}\b))[^\s&@\"'<>]+"
    r"|(?P<user>://[^/@\s:]*:)[^/@\s]+(?=@)",
    re.IGNORECASE,
)


def _hide(found: re.Match[str]) -> str:
    return (found["parameter"] or found["user"]) + HIDDEN


def redact(value: object) -> Any:  # noqa: ANN401 - it gives back what it was given, cleaned
    """Return the value with secrets hidden: by type for secrets, by pattern inside texts, all through containers."""
    match value:
        case SecretStr() | SecretBytes():
            return HIDDEN
        case str():
            return _SECRET_IN_TEXT.sub(_hide, value)
        case BaseException():
            return redact(str(value))
        case dict():
            return {key: redact(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact(item) for item in value]
        case _:
            return value


def _redact_event(_logger: object, _method: str, event: "structlog.typing.EventDict") -> "structlog.typing.EventDict":
    return {key: redact(value) for key, value in event.items()}


def configure_logs(settings: "Settings", stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging for the whole process; call it once, at the start."""
    out = stream or sys.stderr
    as_console = settings.log_format == "console" or (settings.log_format == "auto" and out.isatty())
    level = getattr(logging, settings.log_level.upper())
    renderer: structlog.typing.Processor
    if as_console:
        renderer = structlog.dev.ConsoleRenderer(colors=out.isatty())
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    shared_processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared_processors, structlog.processors.format_exc_info, _redact_event, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared_processors,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redact_event,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))
    # aiokafka tells each failed attempt to connect, tens a second while a broker is down; the bus tells it once. What it
    # tells below a warning nobody may see: the login's password is in it.
    logging.getLogger("aiokafka").setLevel(logging.WARNING if level == logging.DEBUG else logging.CRITICAL)


def log_warnings_to_stderr() -> None:
    """Keep logs off standard output, for commands that write data there and read no settings."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _redact_event,
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def get_logger(name: str) -> "structlog.typing.FilteringBoundLogger":
    """Return a logger bound to the part of Zhitui that speaks."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger
