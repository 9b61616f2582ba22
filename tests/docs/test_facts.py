"""Numbers on the pages equal those of the program."""

import json
import re
from datetime import timedelta
from typing import Any

import config
from contract import body_limit
from dashboard.request_body import MAX_UPLOAD_BYTES
from inventory import csv_reader
from models import idempotency
from models.accounts import integration
from models.delivery import claims, endpoint, endpoint_health, listed_events, results
from spec.document import read_document
from tests.docs.reading import FOLDER, blocks
from webhooks import response, schedule, send, signing

WEBHOOKS = (FOLDER / "webhooks.md").read_text()
UNITS = {"s": 1, "min": 60, "h": 3600}


def seconds(text: str) -> int:
    """`2 h 35 min` → 9300."""
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+) (s|min|h)", text))


def test_schedule_on_the_page_is_the_schedule() -> None:
    table = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", WEBHOOKS, re.MULTILINE)
    waits = [timedelta(seconds=seconds(wait)) for _, wait, _ in table]
    assert tuple(waits) == schedule.DELAYS
    elapsed = timedelta()
    for (_, _, after), wait in zip(table, waits, strict=True):
        elapsed += wait
        assert abs(timedelta(seconds=seconds(after)) - elapsed) < timedelta(minutes=1)
    assert f"jitter of up to {schedule.JITTER:.0%} either way".replace("%", " %") in WEBHOOKS


def test_numbers_on_the_webhooks_page_are_those_of_the_program() -> None:
    text = " ".join(WEBHOOKS.split())
    assert f"{signing.TOLERANCE_SECONDS} seconds" in text
    assert f"At most {claims.MAX_IN_FLIGHT} requests to one endpoint are in flight" in text
    assert f"more than {send.MAX_BODY_BYTES // 1024} KiB" in text
    assert f"first {response.PREVIEW_BYTES // 1024} KiB" in text
    assert (results.FAST_MS, "within a second" in text) == (1000, True)
    assert (claims.SLOW_AFTER_MS, "half a second" in text) == (500, True)
    assert (endpoint.MAX_PER_DEALER, "up to five endpoints" in text) == (5, True)
    assert (endpoint.MAX_GRACE_MS, "immediately, or after up to 7 days" in text) == (7 * 86_400_000, True)
    assert (endpoint.DEFAULT_GRACE_MS, "The default is 24 hours." in text) == (86_400_000, True)
    assert (schedule.MAX_RETRY_AFTER, "by at most 24 hours" in text) == (timedelta(hours=24), True)
    assert (schedule.MAX_BLOCKING_DELAY, "more than five minutes away" in text) == (timedelta(minutes=5), True)
    assert (endpoint_health.DISABLED_AFTER_MS, "Five days" in text) == (5 * 86_400_000, True)
    assert (endpoint_health.RECENT_ATTEMPT_MS, "at most 27 hours old" in text) == (27 * 3_600_000, True)
    assert "{}, {} and {} % of that time".format(*endpoint_health.WARNED_AT_PERCENT) in text
    assert (listed_events.LISTED_MS, "kept for 30 days" in text) == (30 * 86_400_000, True)


def test_the_third_failure_lets_later_deliveries_pass() -> None:
    assert "once the third attempt has failed" in " ".join(WEBHOOKS.split())
    assert schedule.blocks_order(2, schedule.DELAYS[2])
    assert not schedule.blocks_order(3, schedule.DELAYS[3])


def test_no_event_can_be_larger_than_the_page_says() -> None:
    assert "less than 2 MiB" in WEBHOOKS
    schemas = read_document()["components"]["schemas"]
    largest = max(_most_bytes(schemas[name]) for name in schemas if name.endswith("Event") and name != "WebhookEvent")
    assert 1024 < largest < 2 * 1024 * 1024


def test_pages_count_the_event_types_as_the_document_does() -> None:
    types = read_document()["components"]["schemas"]["WebhookEventType"]["enum"]
    assert (len(types), "ten event types" in WEBHOOKS) == (10, True)
    assert "ten event types" in (FOLDER / "clients.md").read_text()


def test_proxy_on_the_page_lets_through_what_the_hub_accepts() -> None:
    page = (FOLDER / "self-hosting.md").read_text()
    dashboard_mib, api_mib = MAX_UPLOAD_BYTES // 2**20, body_limit.MAX_BODY_BYTES // 2**20
    assert f"client_max_body_size {dashboard_mib}m;" in page
    assert f"a {csv_reader.MAX_FILE_BYTES // 2**20} MiB inventory file" in page
    assert f"up to {dashboard_mib} MiB, the API up to {api_mib} MiB" in page


def test_other_numbers_are_those_of_the_program() -> None:
    assert f"**{integration.TOKENS_PER_MINUTE} tokens a minute**" in (FOLDER / "rate-limits.md").read_text()
    log_days = next(setting.default for setting in config.SETTINGS if setting.name == "WTH_LOG_DAYS")
    assert f"for {log_days} days" in WEBHOOKS
    assert f"{log_days} days by default" in (FOLDER / "self-hosting.md").read_text()
    assert idempotency.RETENTION_MS == 24 * 3_600_000
    assert "**24 hours**" in (FOLDER / "idempotency.md").read_text()
    assert f"`{read_document()['info']['version']}`" in (FOLDER / "versioning.md").read_text()


def test_pages_name_only_settings_and_operations_that_exist() -> None:
    callers = {"WTH_API_KEY", "WTH_API_URL", "WTH_BASE_URL", "WTH_PROFILE", "WTH_CONFIG_DIR", "WTH_WEBHOOK_SECRET"}
    known = {setting.name for setting in config.SETTINGS} | callers
    paths = set(read_document()["paths"])
    for page in FOLDER.glob("*.md"):
        text = page.read_text()
        assert set(re.findall(r"\bWTH_[A-Z_]+\b", text)) <= known, page.name
        named = re.findall(r"`(?:GET|POST) (?:/api/v1)?(/[a-z_/{}.]+)", text)
        assert set(named) <= paths, page.name


def test_pages_name_only_commands_that_exist() -> None:
    reference = (FOLDER / "cli.md").read_text()
    for page in FOLDER.glob("*.md"):
        for named in re.findall(
            r"^(?:\.venv/bin/)?(wth [a-z][a-z -]*)|`(wth [a-z][a-z -]*)", page.read_text(), re.MULTILINE
        ):
            words = "".join(named).split(" --")[0].split()
            assert f"## {' '.join(words[:3])}\n" in reference or f"## {' '.join(words[:2])}\n" in reference, named


def test_pages_name_only_error_codes_that_exist() -> None:
    codes = set(read_document()["components"]["schemas"]["ErrorCode"]["enum"])
    for page in FOLDER.glob("*.md"):
        assert set(re.findall(r"/docs/api/errors#(\w+)", page.read_text())) <= codes, page.name


def test_json_on_the_pages_has_only_fields_of_the_document() -> None:
    known = _fields_by_object()
    pages = {page.stem for page in FOLDER.glob("*.md")} - {"mcp"}  # which has the configuration of another program
    shown = [json.loads(block.text) for page in pages for block in blocks(page, "json")]
    assert len(shown) >= 5
    for value in shown:
        kind = "error" if "error" in value else value["object"]
        assert set(value.get("error", value)) - {"…"} <= known[kind], value


def test_documentation_and_dashboard_share_their_colours_and_type() -> None:
    ours, theirs = (
        re.sub(r"/\*.*?\*/", "", (config.ROOT / path).read_text(), flags=re.DOTALL)
        for path in ("docs/site/static/frame.css", "dashboard/static/site.css")
    )
    for mode in range(2):  # light stands first, then dark
        own, shared = _variables(ours, mode), _variables(theirs, mode)
        common = set(own) & set(shared)
        assert {"--paper", "--card", "--ink", "--quiet", "--rule", "--accent", "--link"} <= common
        assert {name: own[name] for name in common} == {name: shared[name] for name in common}


def _fields_by_object() -> dict[str, set[str]]:
    """The names of the fields of each kind of `object`; `error` has those of an error."""
    schemas = read_document()["components"]["schemas"]
    error = schemas["ErrorEnvelope"]["properties"]["error"]["$ref"].rsplit("/", 1)[1]
    fields = {"error": set(schemas[error]["properties"])}
    for schema in schemas.values():
        properties = schema.get("properties", {})
        if "const" in properties.get("object", {}):
            fields.setdefault(properties["object"]["const"], set()).update(properties)
    return fields


def _most_bytes(schema: dict[str, Any]) -> int:
    """An upper bound for the JSON of a value: every character of a text may take four bytes."""
    if "$ref" in schema:
        return _most_bytes(read_document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "oneOf" in schema:
        return max(map(_most_bytes, schema["oneOf"]))
    if "array" in schema["type"]:
        return 2 + int(schema["maxItems"]) * (_most_bytes(schema["items"]) + 1)
    if "object" in schema["type"]:
        fields = sum(len(name) + 4 + _most_bytes(value) for name, value in schema.get("properties", {}).items())
        return 2 + fields + int(schema.get("maxProperties", 0)) * 4 * 600
    is_text = "string" in schema["type"] and "enum" not in schema and "const" not in schema
    return 4 * int(schema.get("maxLength", 64)) + 2 if is_text else 64


def _variables(css: str, mode: int) -> dict[str, str]:
    block = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[mode]
    return {name: value.strip() for name, value in re.findall(r"(--[\w-]+):([^;]+);", block)}
