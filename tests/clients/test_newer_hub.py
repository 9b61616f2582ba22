"""No documented client breaks on what a newer hub adds: fields, error codes, event types."""

from collections.abc import Iterator

import pytest

from tests.cast import Cast
from tests.client import Client
from tests.clients.catalogue import RUNNABLE
from tests.clients.newer_hub import UNKNOWN_CODE, add_event, add_fields, serve_newer
from tests.clients.project import Project
from tests.clients.summaries import shop_summary, summarize
from tests.handlers.test_event_bodies import cause_every_event
from tests.hub import Server

each_program = pytest.mark.parametrize("project", RUNNABLE, ids=lambda client: client.label, indirect=True)


@pytest.fixture(scope="module")
def newer_url(server: Server) -> Iterator[str]:
    with serve_newer(server.url) as url:
        yield url


@each_program
def test_client_orders_at_a_newer_hub(project: Project, newer_url: str, cast: Cast, api: Client) -> None:
    listing = cast.owner.listing(asking_price_cents=625_050)
    summary = project.run("shop", url=newer_url, key=cast.owner.test_key)
    code = project.client.unknown_code or UNKNOWN_CODE
    assert summary == shop_summary(listing.id, api.list_all("/orders")[0]["id"], code)


@each_program
def test_client_reads_the_events_that_it_knows(project: Project, newer_url: str, cast: Cast, api: Client) -> None:
    cause_every_event(cast.owner, api)
    bodies = api.list_all("/events")
    expected = [*map(summarize, bodies), None]
    assert project.parse(add_fields(add_event(bodies)), "newer.json") == expected
    assert project.run("events", url=newer_url, key=cast.owner.test_key) == expected
