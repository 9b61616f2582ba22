"""The dealers in the tests: an owner, and a stranger who must not see the owner's data."""

from dataclasses import dataclass
from typing import Any

from models.accounts.api_key import ApiKey
from models.accounts.integration import Integration
from models.dealer import Actor, Dealer
from models.delivery.endpoint import Endpoint
from models.listing import Listing


@dataclass
class Person:
    """A dealer with both API keys."""

    dealer: Dealer
    test_key: str
    live_key: str

    def actor(self, *, is_test: bool = True, origin: Any = "dashboard") -> Actor:
        return Actor(Dealer.get_by_id(self.dealer.id), is_test, origin)

    def listing(self, *, is_test: bool = True, published: bool = True, **values: Any) -> Listing:
        defaults = {"brand": "Omega", "model": "Speedmaster", "reference": "310.30", "asking_price_cents": 625_050}
        listing = Listing.create_for(self.actor(is_test=is_test), {**defaults, **values})
        return listing.publish(self.actor(is_test=is_test)) if published else listing

    def listings(self, count: int, **values: Any) -> list[Listing]:
        return [self.listing(model=f"Model {number}", **values) for number in range(count)]

    def endpoint(self, url: str, **options: Any) -> tuple[Endpoint, str]:
        return Endpoint.register(self.dealer, url, **options)

    def go_live(self) -> None:
        Integration.of(self.dealer).switch(is_test_mode=False)


@dataclass
class Cast:
    owner: Person
    stranger: Person


def create_person(name: str, *, tier: str = "business", country: str = "BG") -> Person:
    dealer = Dealer.open_account(name=name, country=country, tier=tier)
    Integration.create_for(dealer)
    return Person(dealer, ApiKey.generate(dealer, is_test=True), ApiKey.generate(dealer, is_test=False))


def make_cast() -> Cast:
    return Cast(create_person("Uhrenhaus Owner"), create_person("Stranger Watches"))
