"""What the HTTP server logs: faults of ours. What it was sent and cannot read is its sender's, who could fill the log with it."""

import logging

from aiohttp.http_exceptions import HttpProcessingError


def server_log() -> logging.Logger:
    """Return the logger that aiohttp's server is to write to."""
    logger = logging.getLogger("zhitui.http")
    logger.addFilter(_is_ours)  # asked again it changes nothing
    return logger


def _is_ours(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
