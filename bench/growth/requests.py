"""Lists what to request: each page and each GET operation, alone, deep, and with the values of each of its filters.

Pages come from the dashboard's route table, operations from the spec. A filter or a path without values here is an
error, so that a new one cannot be forgotten.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

from bench.growth.fill import EMAIL
from dashboard.site import PAGES
from models.accounts.api_key import ApiKey
from models.accounts.user import User
from models.clock import DAY_MS, format_rfc3339, now
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.jobs.job import BackgroundJob
from spec.document import BASE_PATH, read_document, resolve
from tests.cast import Person

DEEP_PAGES = (2, 40, 200)
FOLLOWED = 3  # pages after the first of a list of the API


class Values:
    """Values of the parameters of paths, tables and operations for one dealer: usual ones, rare ones, and none."""

    @staticmethod
    def find_person() -> Person:
        """Return the filled dealer with a new key."""
        owner = User.get(User.email == EMAIL)
        return Person(owner.dealer, "", ApiKey.generate(owner.dealer, is_test=False))

    def __init__(self, person: Person) -> None:
        dealer = person.dealer
        listed = Event.listed(person.actor(is_test=False)).order_by(Event.sequence)
        newest = listed.order_by(Event.sequence.desc()).first()
        oldest = listed.offset(100).first()  # the very first ones expire during the run
        live = Delivery.of(dealer).where(~Delivery.is_test)
        delivery = live.order_by(Delivery.created_at.desc()).first()
        usual, rare = (endpoint.id for endpoint in Endpoint.of(dealer).order_by(Endpoint.created_at).limit(2))
        jobs = {kind: _start_job(person, kind) for kind in ("import", "retries")}
        month_ago, day_later = (format_rfc3339(now() - days * DAY_MS) or "" for days in (31, 30))
        self.paths: Mapping[str, str] = {
            "/inventory/import/{id}": jobs["import"],
            "/inventory/{id}": "inv_full7",
            "/orders/{id}": "ord_full7",
            "/clients/{id}": "cus_full7",
            "/channels/custom/endpoints/{id}": usual,
            "/channels/custom/retries/{id}": jobs["retries"],
            "/listings/{listing_id}": "inv_full7",
            "/customers/{customer_id}": "cus_full7",
            "/orders/{order_id}": "ord_full7",
            "/events/{event_id}": oldest.id,
        }
        self.filters: Mapping[str, Sequence[str]] = {
            "q": ("omega", "number77", "sold", "500", "timeout", "SKU-70", "patek", "omega order 500", newest.id),
            "status": ("in_stock", "sold", "received", "cancelled", "errors", "5xx"),
            "method": ("POST", "DELETE"),
            "operation": ("createOrder", "getMe"),
            "published": ("yes", "no"),
            "since": (month_ago,),
            "until": (day_later, "2020-01-01"),
            "origin": ("api", "import", "system"),
            "customer": ("cus_full7", "cus_none"),
            "orders": ("yes", "no"),
            "state": ("failed", "succeeded", "pending", "queued"),
            "event": ("listing.sold", "listing.updated", "listing.*", "order.*", "customer.matched", "integration.*"),
            "endpoint": (usual, rare),
            "resource": ("inv_full7", newest.id, delivery.id, "inv_none"),
            "email": (EMAIL, "nobody@mail.example"),
            "noun": ("order", "sandbox"),
            "side": ("test", "live"),
        }
        self.extra: Mapping[str, Sequence[str]] = {
            "/channels/custom": ("span=7d", "span=30d", f"span=30d&endpoint={usual}", f"span=30d&endpoint={rare}"),
            "/channels/custom/log": (f"open={delivery.id}",),
            "/channels/custom/events": (f"open={newest.id}",),
            "/channels/custom/retries": (f"since={month_ago}", "since=2020-01-01"),
            "/orders/new": ("listing=inv_full7", "customer=cus_full7"),
        }
        self.parameters: Mapping[str, Sequence[str]] = {
            "limit": ("1", "100"),
            "updated_after": (month_ago,),
            "status": ("in_stock", "sold", "received", "cancelled", "fulfilled"),
            "published": ("true", "false"),
            "brand": ("Omega", "Nothing"),
            "reference": ("310.30", "Nothing"),
            "email": ("buyer7@mail.example", "nobody@mail.example"),
            "external_id": ("shop-7", "shop-none"),
            "listing_id": ("inv_full7", "inv_none"),
            "type": ("listing.updated", "listing.sold", "listing.*", "order.*", "customer.matched", "customer.*"),
            "resource_id": ("inv_full7", "inv_none"),
            "since": ("latest", "1000", month_ago),
        }


UNFILTERED = {"after", "wait", "If-None-Match"}  # cursors are followed, and a wait takes the time that it says


def list_pages(values: Values) -> Iterator[str]:
    """List the URLs of all pages that a signed-in owner can open."""
    for method, path, page, access in PAGES:
        if method != "GET" or access == "anyone":
            continue
        url = path
        if "{" in path:
            url = path.replace("{id}", values.paths[path])
        yield url
        yield from (f"{url}?{query}" for query in values.extra.get(path, ()))
        if page.__name__ in ("index", "export"):
            names = getattr(sys.modules[page.__module__], "FILTERS", ())  # a short table has none
            yield from (f"{url}?{query}" for query in _queries({name: values.filters[name] for name in names}))
        if page.__name__ == "index":
            yield from (f"{url}?page={number}" for number in DEEP_PAGES)


def list_operations(values: Values) -> Iterator[str]:
    """List the URLs of all GET operations."""
    document = read_document()
    for path, item in document["paths"].items():
        operation = item.get("get")
        if operation is None:
            continue
        nodes = [resolve(document, node) for node in (*item.get("parameters", ()), *operation.get("parameters", ()))]
        url = BASE_PATH + path
        if "{" in path:
            url = f"{BASE_PATH}{path[: path.index('{')]}{values.paths[path]}"
        yield url
        usable = {
            node["name"]: _allowed(values.parameters[node["name"]], resolve(document, node.get("schema", {})))
            for node in nodes
            if node["in"] != "path" and node["name"] not in UNFILTERED
        }
        yield from (f"{url}?{query}" for query in _queries(usable))


def _allowed(choices: Sequence[str], schema: Mapping[str, Any]) -> list[str]:
    """Leave out the values of other lists."""
    return [value for value in choices if value in schema.get("enum", choices)]


def _queries(values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """List each value alone, and the first values of each pair of filters."""
    for name, choices in values.items():
        yield from (urlencode({name: value}) for value in choices)
    for first, second in combinations(values, 2):
        yield urlencode({first: values[first][0], second: values[second][-1]})
        yield urlencode({first: values[first][-1], second: values[second][0]})


def _start_job(person: Person, kind: str) -> str:
    options = {"since": now() - 60 * DAY_MS, "until": now()}
    job = BackgroundJob.create_draft(person.dealer, kind, is_test=False, name="watches.csv", options=options)
    job.start(1, options)
    return job.id
