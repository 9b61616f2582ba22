"""`wth key`: API keys of dealers."""

import click

from commands.arguments import dealer_option, mode_option
from commands.dealer import find_integrated_dealer
from commands.output import CommandOutput, HubGroup, example
from models.accounts.api_key import PREFIX_LENGTH, ApiKey

EXAMPLE = example("wth key create --dealer anna@uhrenhaus.example --mode test")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def key() -> None:
    """API keys: one for test rows, one for live rows."""


@key.command(epilog=EXAMPLE)
@dealer_option()
@mode_option()
def create(dealer_name: str, mode: str) -> CommandOutput:
    """Make a new key and show it, this one time. The mode's old key is dead at once."""
    made = ApiKey.generate(find_integrated_dealer(dealer_name), is_test=mode == "test")
    return CommandOutput({"key": made, "prefix": made[:PREFIX_LENGTH], "mode": mode}, made)
