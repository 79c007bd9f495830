"""Logs: one JSON object a line, and no secret in any."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from shared.logs import HIDDEN, configure_logs, get_logger, redact
from shared.settings import load_settings

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (f"POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY} 200", "POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=*** 200"),
        (f"https://oapi.dingtalk.com/robot/send?access_token={KEY}&timestamp=1&sign={KEY}", "https://oapi.dingtalk.com/robot/send?access_token=***&timestamp=1&sign=***"),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", "https://open.feishu.cn/open-apis/bot/v2/hook/***"),
        (f"Authorization: Bearer {KEY}", "Authorization: Bearer ***"),
        (f"gettoken?corpid=ww1&corpsecret={KEY}", "gettoken?corpid=ww1&corpsecret=***"),
        (f"mongodb://zhitui:{KEY}@db:27017/x", "mongodb://zhitui:***@db:27017/x"),
        (f"whsec_{KEY}== and whsk_{KEY}", "whsec_*** and whsk_***"),
        (f"GET /feeds/{KEY}.atom 404", "GET /feeds/*** 404"),
        ("GET /u/AbCdEfGhIjKlMnOpQrStUv 200", "GET /u/*** 200"),
        ("/data/u/gazette.csv, /data/feeds/day.xml", "/data/u/gazette.csv, /data/feeds/day.xml"),
        ("控制台 http://127.0.0.1:8080/api?page=2", "控制台 http://127.0.0.1:8080/api?page=2"),
        ("wang@example.cn", "wang@example.cn"),
    ],
)  # fmt: skip
def test_credentials_inside_a_text_are_hidden_and_the_rest_stays(said: str, heard: str) -> None:
    assert redact(said) == heard


def test_secrets_are_hidden_by_type_all_through_containers() -> None:
    secret = SecretStr(KEY)
    assert redact(secret) == HIDDEN
    assert redact({"a": [secret, (f"?key={KEY}",)], "n": 1}) == {"a": [HIDDEN, [f"?key={HIDDEN}"]], "n": 1}
    assert redact(ValueError(f"?key={KEY}")) == f"?key={HIDDEN}"


def test_a_line_is_one_json_object_with_its_event_part_and_moment(stream: io.StringIO) -> None:
    configure_logs(load_settings(log_format="json"), stream)
    get_logger("ingest").info("file_done", name="公报.csv", token=SecretStr(KEY))
    (line,) = lines(stream)
    assert (line["event"], line["part"], line["level"]) == ("file_done", "ingest", "info")
    assert (line["name"], line["token"]) == ("公报.csv", HIDDEN)
    assert line["timestamp"].endswith("Z")


def test_a_traceback_hides_secrets_too(stream: io.StringIO) -> None:
    configure_logs(load_settings(log_format="json"), stream)
    try:
        int(f"https://example.cn/?key={KEY}")
    except ValueError:
        get_logger("notifier").exception("send_failed")
    (line,) = lines(stream)
    assert "Traceback" in line["exception"]
    assert KEY not in stream.getvalue()


def test_what_libraries_log_is_heard_from_warning_on_and_cleaned(stream: io.StringIO) -> None:
    configure_logs(load_settings(log_format="json", log_level="debug"), stream)
    logging.getLogger("aiohttp").info("quiet")
    logging.getLogger("aiohttp").warning("GET ?key=%s", KEY)
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == (f"GET ?key={HIDDEN}", "warning")


def test_a_broker_that_is_down_is_not_told_with_each_attempt_to_connect(stream: io.StringIO) -> None:
    logger = logging.getLogger("aiokafka.client")
    configure_logs(load_settings(log_format="json"), stream)
    logger.error("Unable connect to node with id 1")
    assert lines(stream) == []
    configure_logs(load_settings(log_format="json", log_level="debug"), stream)
    logger.error("Unable connect to node with id 1")
    assert len(lines(stream)) == 1


def test_below_the_level_nothing_is_said(stream: io.StringIO) -> None:
    configure_logs(load_settings(log_format="json", log_level="error"), stream)
    get_logger("ingest").warning("slow")
    logging.getLogger("aiohttp").warning("slow")
    assert stream.getvalue() == ""


def test_a_console_reads_lines_and_a_pipe_reads_json(stream: io.StringIO) -> None:
    configure_logs(load_settings(log_format="console"), stream)
    get_logger("ingest").info("file_done", name="a.csv")
    assert "file_done" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
    piped = io.StringIO()
    configure_logs(load_settings(log_format="auto"), piped)
    get_logger("ingest").info("file_done")
    assert len(lines(piped)) == 1
