"""Pickers for the watch and the client of a sale.

They suggest matches and look up the typed text.
"""

from collections import Counter
from collections.abc import Sequence

from dashboard.forms.form import Form
from dashboard.rendering import format_money, truncate
from dashboard.request import PageRequest
from models.customer import Customer
from models.listing import Listing
from models.search import lookup
from spec.characters import fold_text

MAX_OPTIONS = 300
MAX_SUGGESTIONS = 3

Options = list[tuple[str, str]]


def list_listing_options(request: PageRequest) -> Options:
    """Watches for sale as (the text to fill in, the description beside it)."""
    newest = lookup.listings_for_sale(request.actor).order_by(Listing.created_at.desc()).limit(MAX_OPTIONS)
    listings = sorted(newest, key=lambda listing: (fold_text(listing.brand), fold_text(listing.model)))
    title_counts = Counter(listing.title for listing in listings)
    return [(_listing_text(listing, title_counts[listing.title]), _describe(listing)) for listing in listings]


def list_customer_options(request: PageRequest) -> Options:
    """The newest clients as (the text to fill in, the name beside it)."""
    customers = Customer.of(request.actor).order_by(Customer.created_at.desc()).limit(MAX_OPTIONS)
    return [
        (_customer_text(customer), truncate(f"{customer.first_name or ''} {customer.last_name or ''}".strip()))
        for customer in customers
    ]


def find_listing_text(request: PageRequest, listing_id: str) -> str:
    """Render the text to fill in for a link that names the watch by its ID.

    An unknown ID stays as it is.
    """
    listings = lookup.find_listings_by_name(request.actor, listing_id) if listing_id else []
    if not listings:
        return listing_id
    return _listing_text(listings[0], len(lookup.find_listings_by_name(request.actor, listings[0].title)))


def find_customer_text(request: PageRequest, customer_id: str) -> str:
    """Render the text to fill in for a link that names the client by its ID.

    An unknown ID stays as it is.
    """
    customers = lookup.find_customers_by_name(request.actor, customer_id) if customer_id else []
    return _customer_text(customers[0]) if customers else customer_id


def resolve_listing(request: PageRequest, form: Form) -> None:
    """Replace what was typed for the watch by its id, or add an error."""
    if text := form.values.get("listing_id"):
        listings = lookup.find_listings_by_name(request.actor, text)
        similar = listings or lookup.suggest_listings(request.actor, text, MAX_SUGGESTIONS)
        suggestions = [_listing_text(listing, len(listings)) for listing in similar]
        _resolve(form, "listing_id", [listing.id for listing in listings], suggestions, "watch for sale")


def resolve_customer(request: PageRequest, form: Form) -> None:
    """Replace what was typed for the client by its id, or add an error."""
    if text := form.values.get("customer_id"):
        customers = lookup.find_customers_by_name(request.actor, text)
        similar = customers or lookup.suggest_customers(request.actor, text, MAX_SUGGESTIONS)
        suggestions = [_customer_text(customer) for customer in similar]
        _resolve(form, "customer_id", [customer.id for customer in customers], suggestions, "client")


def _resolve(form: Form, field: str, ids: Sequence[str], suggestions: Sequence[str], noun: str) -> None:
    """Set the field to the only match.

    Otherwise, adds an error that names up to MAX_SUGGESTIONS suggestions.
    """
    if len(ids) == 1:
        form.values[field] = ids[0]
    elif suggestions:
        problem = f"More than one {noun} has this name." if ids else f"No {noun} has exactly this name."
        form.errors[field] = f"{problem} Did you mean {' or '.join(suggestions[:MAX_SUGGESTIONS])}?"
    else:
        form.errors[field] = f"No {noun} matches this. Choose one from the list."


def _listing_text(listing: Listing, title_count: int) -> str:
    """The SKU, else the title if no other watch has it, else the id."""
    return listing.sku or (listing.title if title_count < 2 else listing.id)


def _describe(listing: Listing) -> str:
    return f"{truncate(listing.title, 80)} · {format_money(listing.asking_price_cents)}"


def _customer_text(customer: Customer) -> str:
    return customer.email or customer.external_id or customer.phone or customer.id
