"""The log pipeline in a process of its own: both formats, and redaction as the second line of defence."""

import os
import subprocess
import sys
from typing import Any

import orjson
import pytest

import config
from monitoring.log_redaction import redact_text

KEY = "wth_" + "aB3" * 10 + "cd"
SECRET = "whsec_" + "Zm9vYmFy" * 5
PROGRAM = """
import logging, threading, warnings
from commands.logs import start_process_logging
from telemetry import log_context
start_process_logging()
log = logging.getLogger("wth.test")
with log_context.opened(request_id="req_1"):
    log.warning("Order placed.", extra={"order": "ord_1"})
    log.warning("Header was Authorization: Bearer %s.", KEY)
    try:
        raise ValueError(f"connection to postgresql://hub:geheim-1234@db/hub failed, password=geheim-1234 {KEY}")
    except ValueError:
        log.exception("It failed with %r and %s\\\\", SECRET + '"', {"password": "geheim-1234"})
log.warning("first\\nforged line \\udcff")
warnings.warn("This is old: " + SECRET)
logging.getLogger("uvicorn.error").warning("Library with secret key %s", "geheimes-" * 4)
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
raise RuntimeError(SECRET)
"""


def run(log_format: str) -> str:
    program = f"KEY, SECRET = {KEY!r}, {SECRET!r}\n{PROGRAM}"
    environment = {**os.environ, "WTH_LOG_FORMAT": log_format, "WTH_SECRET_KEY": "geheimes-" * 4}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=config.ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.stderr


def test_every_line_is_json_without_secrets() -> None:
    lines: list[dict[str, Any]] = [orjson.loads(line) for line in run("json").splitlines()]
    assert [line["level"] for line in lines] == ["warning", "warning", "error"] + ["warning"] * 3 + ["critical"] * 2
    assert lines[0]["message"] == "Order placed."
    assert (lines[0]["order"], lines[0]["request_id"]) == ("ord_1", "req_1")
    assert "request_id" not in lines[3]
    assert "ValueError" in lines[2]["exception"]
    assert "ZeroDivisionError" in lines[-2]["exception"]
    assert "RuntimeError" in lines[-1]["exception"]
    assert_no_secret(str(lines))


def test_console_lines_are_readable_and_cannot_be_forged() -> None:
    output = run("console")
    assert_no_secret(output)
    first, *lines = output.splitlines()
    assert first.endswith("WARNING wth.test Order placed. order=ord_1 request_id=req_1")
    assert not any(line.startswith("forged") for line in lines)


def assert_no_secret(text: str) -> None:
    for secret in (KEY, KEY[4:12], SECRET, SECRET[6:20], "geheim"):
        assert secret not in text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer geheim",
        "{'authorization': 'Basic geheim'}",
        "[(b'cookie', b'wth_session=geheim.abc')]",
        "Set-Cookie: wth_session=geheim; HttpOnly",
        "redis://:geheim@cache:6379/0",
        "postgresql://hub:ge:he/geheim@db/hub?sslmode=require",
        'host=db password="geheim" user=hub',
        '{"password": "geheim"}',
        "csrf_token=geheim&email=a",
        "GET /reset/geheim?x=1",
        "wth_browser_ab12=geheim",
    ],
)
def test_text_near_a_secret_is_redacted(text: str) -> None:
    assert "geheim" not in redact_text(text)


@pytest.mark.parametrize("text", ["Run `wth migrate`.", "https://hub.example/docs", "/reset/{token}", "password reset"])
def test_ordinary_text_stays(text: str) -> None:
    assert redact_text(text) == text
