"""`wth dealer`, `wth key`, `wth mode` and `wth integration`."""

import pytest

from errors import Refusal
from models.accounts.caller import Caller
from models.accounts.integration import Integration
from models.accounts.user import User
from models.dealer import Actor, Dealer
from models.listing import Listing
from tests.cast import Cast, create_person
from tests.commands.conftest import Wth

ANNA = ("dealer", "create", "--name", "Uhrenhaus Nord", "--email", "anna@uhren.example", "--json")
PASSWORD = ("--password", "geheim und lang")


def test_new_dealer_has_owner_integration_in_test_mode_and_sandbox(wth: Wth) -> None:
    created = wth(*ANNA, *PASSWORD, "--country", "de").document
    dealer = Dealer.get_by_id(created["dealer_id"])
    owner = User.get_by_id(created["user_id"])
    assert (dealer.name, dealer.country, dealer.tier) == ("Uhrenhaus Nord", "DE", "business")
    assert owner.role == "owner"
    assert User.has_password(owner, "geheim und lang")
    assert Integration.of(dealer).is_test_mode
    assert Listing.counts(Actor(dealer, True, "dashboard"))["published"] > 0


def test_command_prompts_for_a_missing_password(wth: Wth) -> None:
    created = wth(*ANNA, stdin=b"geheim und lang\ngeheim und lang\n").document
    assert User.has_password(User.get_by_id(created["user_id"]), "geheim und lang")


def test_taken_email_address_is_rejected_and_no_dealer_remains(wth: Wth) -> None:
    wth(*ANNA, *PASSWORD)
    assert wth(*ANNA, *PASSWORD).error == (1, "email_taken")
    assert Dealer.select().count() == 1


@pytest.mark.parametrize("option", [("--country", "XX"), ("--plan", "gold"), ("--name", "two\nlines"), ("--name", " ")])
def test_invalid_dealer_option_is_a_usage_error(wth: Wth, option: tuple[str, str]) -> None:
    assert wth(*ANNA, *PASSWORD, *option).error == (2, "wrong_usage")


def test_new_key_works_and_the_previous_one_stops_working(wth: Wth, cast: Cast) -> None:
    created = wth("key", "create", "--dealer", cast.owner.dealer.id, "--mode", "test", "--json").document
    caller = Caller.find(created["key"])
    assert (caller.dealer.id, caller.is_test, caller.key_prefix) == (cast.owner.dealer.id, True, created["prefix"])
    assert created["mode"] == "test"
    assert Caller.find(cast.owner.live_key)
    with pytest.raises(Refusal, match="not valid"):
        Caller.find(cast.owner.test_key)


def test_dealer_is_found_by_email_address_too(wth: Wth) -> None:
    dealer_id = wth(*ANNA, *PASSWORD).document["dealer_id"]
    created = wth("key", "create", "--dealer", "Anna@Uhren.example", "--mode", "live", "--json").document
    assert Caller.find(created["key"]).dealer.id == dealer_id
    unknown = ("key", "create", "--dealer", "nobody@uhren.example", "--mode", "live", "--json")
    assert wth(*unknown).error == (1, "dealer_not_found")


def test_mode_and_integration_are_switched(wth: Wth, cast: Cast) -> None:
    dealer_id = cast.owner.dealer.id
    assert wth("mode", "--dealer", dealer_id, "live", "--json").document["is_test_mode"] is False
    assert Integration.of(cast.owner.dealer).is_live
    wth("mode", "--dealer", dealer_id, "test")
    assert not Integration.of(cast.owner.dealer).is_live
    wth("integration", "disable", "--dealer", dealer_id)
    assert not Caller.find(cast.owner.test_key).is_enabled
    result = wth("integration", "enable", "--dealer", dealer_id)
    assert result.stdout == f"The integration of {dealer_id} is in test mode.\n"
    assert Caller.find(cast.owner.test_key).is_enabled
    assert Integration.of(cast.stranger.dealer).is_enabled


def test_starter_plan_has_no_integration(wth: Wth) -> None:
    dealer = ("--dealer", create_person("Small Shop", tier="starter").dealer.id, "--json")
    assert wth("key", "create", "--mode", "test", *dealer).error == (1, "plan_required")
    assert wth("mode", "live", *dealer).error == (1, "plan_required")
    assert wth("endpoint", "create", "--url", "http://127.0.0.1:9/", *dealer).error == (1, "plan_required")
