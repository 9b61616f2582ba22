"""The watch and the client of a sale: offered while they are few, and found by whatever name a person types."""

from collections import Counter
from collections.abc import Sequence

from dashboard.forms.form import Form
from dashboard.rendering import money, truncate
from dashboard.request import PageRequest
from models.customer import Customer
from models.listing import Listing
from models.search import lookup

MOST_OFFERED = 300
MOST_SUGGESTED = 3

Offers = list[tuple[str, str]]


def listing_options(request: PageRequest) -> Offers:
    """What is put into the field, and what the person reads beside it."""
    watches = list(lookup.listings_for_sale(request.actor).order_by(Listing.brand, Listing.model).limit(MOST_OFFERED))
    namesakes = Counter(one.title for one in watches)
    return [
        (_name_of_watch(one, namesakes[one.title]), f"{truncate(one.title, 80)} · {money(one.asking_price_cents)}")
        for one in watches
    ]


def customer_options(request: PageRequest) -> Offers:
    clients = Customer.of(request.actor).order_by(Customer.created_at.desc()).limit(MOST_OFFERED)
    return [
        (_name_of_client(one), truncate(f"{one.first_name or ''} {one.last_name or ''}".strip())) for one in clients
    ]


def listing_name(request: PageRequest, given: str) -> str:
    """As it stands in the field, for a link that names the watch by its id."""
    found = lookup.find_listings_by_name(request.actor, given) if given else []
    if not found:
        return given
    return _name_of_watch(found[0], len(lookup.find_listings_by_name(request.actor, found[0].title)))


def customer_name(request: PageRequest, given: str) -> str:
    found = lookup.find_customers_by_name(request.actor, given) if given else []
    return _name_of_client(found[0]) if found else given


def pick_listing(request: PageRequest, form: Form) -> None:
    if typed := form.values.get("listing_id"):
        found = lookup.find_listings_by_name(request.actor, typed)
        similar = found or lookup.suggest_listings(request.actor, typed, MOST_SUGGESTED)
        names = [_name_of_watch(one, len(found)) for one in similar]
        _take(form, "listing_id", [one.id for one in found], names, "watch for sale")


def pick_customer(request: PageRequest, form: Form) -> None:
    if typed := form.values.get("customer_id"):
        found = lookup.find_customers_by_name(request.actor, typed)
        names = [
            _name_of_client(one) for one in found or lookup.suggest_customers(request.actor, typed, MOST_SUGGESTED)
        ]
        _take(form, "customer_id", [one.id for one in found], names, "client")


def _take(form: Form, field: str, ids: Sequence[str], names: Sequence[str], noun: str) -> None:
    """The one row that is meant; without one an error beside the field, which names what may have been meant."""
    if len(ids) == 1:
        form.values[field] = ids[0]
        return
    meant = " or ".join(names[:MOST_SUGGESTED])
    said = f"More than one {noun} has this name" if ids else f"No {noun} has exactly this name"
    form.errors[field] = f"{said}; do you mean {meant}?" if names else f"No {noun} fits this."


def _name_of_watch(listing: Listing, namesakes: int) -> str:
    """The title only where it tells the watch from all others."""
    return listing.sku or (listing.title if namesakes < 2 else listing.id)


def _name_of_client(client: Customer) -> str:
    return client.email or client.external_id or client.phone or client.id
