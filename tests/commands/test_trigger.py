"""`wth trigger`: events in the sandbox from the command line."""

import pytest

from tests.cast import Cast
from tests.client import Client
from tests.commands.conftest import CommandResult, Wth
from tests.hub import Server


def trigger(wth: Wth, server: Server, key: str, *arguments: str) -> CommandResult:
    return wth("trigger", *arguments, env={"WTH_API_KEY": key, "WTH_API_URL": server.site})


def test_events_of_the_action_are_listed(wth: Wth, server: Server, cast: Cast) -> None:
    result = trigger(wth, server, cast.owner.test_key, "order.received")
    events = Client(server.url, cast.owner.test_key).list_all("/events")
    assert result.status == 0
    assert [line.split()[1] for line in result.stdout.splitlines()[1:]] == [event["event"] for event in events]


def test_fields_are_set_at_any_level(wth: Wth, server: Server, cast: Cast) -> None:
    fields = ("customer.email=ada@shop.example", "customer.address.country=DE", "note=7 days", 'metadata={"a": "b"}')
    arguments = [argument for field in fields for argument in ("--set", field)]
    result = trigger(wth, server, cast.owner.test_key, "order.received", *arguments, "--json")
    order = result.document["data"][1]["data"]
    assert (order["note"], order["metadata"], order["customer"]["email"]) == ("7 days", {"a": "b"}, "ada@shop.example")
    assert order["customer"]["address"]["country"] == "DE"


def test_error_of_the_api_is_printed(wth: Wth, server: Server, cast: Cast) -> None:
    result = trigger(wth, server, cast.owner.live_key, "order.received")
    assert (result.status, result.stderr.startswith("403: This operation requires a test key.")) == (1, True)


@pytest.mark.parametrize("field", ["note", "=x", "a..b=x"])
def test_field_without_a_name_or_value_is_wrong_usage(wth: Wth, server: Server, cast: Cast, field: str) -> None:
    result = trigger(wth, server, cast.owner.test_key, "order.received", "--set", field, "--json")
    assert result.error == (2, "wrong_usage")


def test_field_below_a_value_is_wrong_usage(wth: Wth, server: Server, cast: Cast) -> None:
    arguments = ("--set", "note=x", "--set", "note.text=y", "--json")
    assert trigger(wth, server, cast.owner.test_key, "order.received", *arguments).error == (2, "wrong_usage")
