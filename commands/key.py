"""`wth key`: API keys."""

import click

from commands.arguments import dealer_option, mode_option
from commands.database import HubGroup
from commands.dealer import find_integrated_dealer
from commands.output import CommandOutput, example
from models.accounts.api_key import PREFIX_LENGTH, ApiKey

EXAMPLE = example("wth key create --dealer anna@uhrenhaus.example --mode test")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def key() -> None:
    """Create API keys. A dealer has one for test data and one for live data."""


@key.command(epilog=EXAMPLE)
@dealer_option()
@mode_option()
def create(dealer_name: str, mode: str) -> CommandOutput:
    """Create an API key and show it once.

    The mode's previous key stops working immediately.
    """
    dealer, is_test = find_integrated_dealer(dealer_name), mode == "test"
    secret = ApiKey.generate(dealer, is_test=is_test, replaces=ApiKey.find_prefix(dealer, is_test=is_test))
    return CommandOutput({"key": secret, "prefix": secret[:PREFIX_LENGTH], "mode": mode}, secret)
